#if FUZZING
    import CFuzzer
    import FuzzTargets

    /// Hands the process to libFuzzer, which sees the target's name as the program's.
    func explore() -> Int32 {
        var count = CommandLine.argc - 1
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
            unsafe CommandLine.unsafeArgv + 1
        return unsafe LLVMFuzzerRunDriver(&count, &arguments) { data, size in
            chosenTarget?.run(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
            return 0
        }
    }

    /// libFuzzer's own `main` refers to this. The Swift package's `main` stands in its place, so it
    /// is never called.
    @c(LLVMFuzzerTestOneInput)
    func neverCalled(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt { -1 }
#endif
