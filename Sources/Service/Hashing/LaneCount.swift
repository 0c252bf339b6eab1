import Glibc

/// How many threads hash at a time: one a processor, as far as the memory goes, and at least one.
package enum LaneCount {
    /// Processors that this process may use now.
    package static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// - Parameter memoryKiB: of one arena.
    package static func within(budgetMiB: Int, memoryKiB: UInt32) -> Int {
        max(1, min(processors, budgetMiB * 1_024 / Int(memoryKiB)))
    }
}
