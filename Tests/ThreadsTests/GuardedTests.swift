import Testing
import Threads

@Suite struct `A guarded value` {
    @Test func `counts every change made by parallel threads`() {
        let count = Guarded(0)
        let threads = (0..<4).map { index in
            NamedThread("counter-\(index)") {
                for _ in 0..<10_000 { count.withLock { $0 += 1 } }
            }
        }
        for thread in threads { thread.join() }
        #expect(count.withLock { $0 } == 40_000)
    }

    @Test func `wakes a thread that waits for it to change`() {
        let stage = Guarded(0)
        let waiter = NamedThread("waiter") {
            _ = stage.wait { $0 == 1 ? true : nil }
            stage.change { $0 = 2 }
        }
        stage.change { $0 = 1 }
        let reached: Bool? = stage.wait { $0 == 2 ? true : nil }
        #expect(reached == true)
        waiter.join()
    }

    @Test func `stops waiting when the time is over`() {
        let never = Guarded(false)
        let answer: Bool? = never.wait(atMost: .milliseconds(1)) { $0 ? true : nil }
        #expect(answer == nil)
    }
}

@Suite struct `A named thread` {
    @Test func `can be joined twice`() {
        let thread = NamedThread("short") {}
        thread.join()
        thread.join()
    }
}
