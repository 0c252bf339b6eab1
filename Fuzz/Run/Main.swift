import FuzzTargets
import Glibc

@main enum Main {
    static func main() {
        exit(runFuzz())
    }
}

/// `fuzz TARGET …`: under libFuzzer the rest is libFuzzer's; else files and folders, each file run
/// once through the target. A target that fails ends the process by a trap. Without a target the
/// names of all are printed, one a line.
func runFuzz() -> Int32 {
    guard CommandLine.arguments.count > 1 else {
        for target in FuzzTarget.all { print(target.name) }
        return 0
    }
    guard chosenTarget != nil else {
        print("fuzz: there is no target \(CommandLine.arguments[1])")
        return 2
    }
    #if FUZZING
        return explore()
    #else
        return replay(Array(CommandLine.arguments.dropFirst(2)))
    #endif
}

/// The target that the first argument names.
let chosenTarget: FuzzTarget? = FuzzTarget.named(CommandLine.arguments[1])
