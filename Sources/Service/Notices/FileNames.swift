import Foundation
import Glibc

func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
}

/// The names in a directory, in order.
func fileNames(in directory: String) throws(StartError) -> [String] {
    do {
        return try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    } catch {
        throw .configuration("notices.templates: the directory \(directory) cannot be listed")
    }
}
