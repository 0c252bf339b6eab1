#if !FUZZING
    import Foundation
    import FuzzTargets

    /// Runs each file, and each file of each folder, through the target.
    ///
    /// - Returns: 0, or 1 when something could not be read.
    func replay(_ paths: [String]) -> Int32 {
        var count = 0
        for path in paths {
            do {
                for file in try files(at: path) {
                    chosenTarget?.run([UInt8](try Data(contentsOf: file)))
                    count += 1
                }
            } catch {
                print("fuzz: \(path): \(error.localizedDescription)")
                return 1
            }
        }
        print("\(count) inputs replayed")
        return 0
    }

    private func files(at path: String) throws -> [URL] {
        let url = URL(fileURLWithPath: path)
        guard url.hasDirectoryPath else { return [url] }
        return try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
    }
#endif
