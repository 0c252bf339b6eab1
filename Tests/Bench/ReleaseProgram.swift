import Foundation
import Glibc

/// `loquet` as it ships, built beside this program.
struct ReleaseProgram {
    private let url: URL

    struct Measured {
        let elapsedSeconds: Double
        /// Of all its threads, in user mode and in the kernel.
        let processorSeconds: Double
        /// Most memory at any time, pages of files that were touched included.
        let peakKiB: Int
        /// The most that was seen without pages of files, looked at every ten milliseconds.
        let anonymousKiB: Int
    }

    init() throws {
        url = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("loquet")
        guard FileManager.default.isExecutableFile(atPath: url.path) else {
            throw BenchError(text: "build it first: swift build -c release --product loquet")
        }
    }

    /// Runs a command to its end. What it prints goes nowhere.
    func run(
        _ arguments: [String], inputPath: String = "/dev/null", environment: [String: String] = [:],
        feeding: ((FileHandle) throws -> Void)? = nil
    ) throws -> Measured {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.environment = environment
        let pipe = feeding.map { _ in Pipe() }
        process.standardInput = pipe ?? FileHandle(forReadingAtPath: inputPath)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let before = processorSecondsOfChildren()
        let start = ContinuousClock.now
        try process.run()
        let watch = MemoryWatch(process.processIdentifier)
        if let pipe, let feeding {
            try pipe.fileHandleForReading.close()
            try feeding(pipe.fileHandleForWriting)
            try pipe.fileHandleForWriting.close()
        }
        process.waitUntilExit()
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let (peak, anonymous) = watch.stop()
        // 1 says that a password was refused.
        guard process.terminationReason == .exit, process.terminationStatus <= 1 else {
            throw BenchError(text: "loquet \(arguments[0]) failed")
        }
        return Measured(
            elapsedSeconds: elapsed, processorSeconds: processorSecondsOfChildren() - before,
            peakKiB: peak, anonymousKiB: anonymous)
    }
}

private func processorSecondsOfChildren() -> Double {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
}
