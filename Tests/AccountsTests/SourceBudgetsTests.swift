import Accounts
import SeededRandom
import Testing

private let start = Timestamp(seconds: 1_800_000_000)

/// 10.x.y.z, or an IPv6 address, in words that fit a line.
private func four(_ wide: Int, _ host: Int) -> SourceBudgets.Source {
    .address(SourceAddress(bits: 0xFFFF_0A00_0000 | UInt128(wide) << 8 | UInt128(host)))
}

private func six(_ site: Int, _ network: Int, _ host: Int) -> SourceBudgets.Source {
    let high = UInt128(0x2001_0DB8_0000_0000 | site << 16 | network)
    return .address(SourceAddress(bits: high << 64 | UInt128(host)))
}

/// Budgets that are used in place: `#expect` copies values.
private final class Gate {
    var value: SourceBudgets

    init(_ settings: SourceBudgetSettings = .standard) { value = SourceBudgets(settings) }

    func fail(_ source: SourceBudgets.Source, at now: Timestamp) -> Timestamp? {
        switch value.reserve(for: source, at: now) {
        case .allowed: nil
        case .refused(let until): until
        }
    }

    /// How many of `attempts` at one instant are allowed.
    func allowed(_ attempts: Int, _ source: SourceBudgets.Source, at now: Timestamp) -> Int {
        (0..<attempts).filter { _ in fail(source, at: now) == nil }.count
    }
}

@Suite struct `Budgets of sources` {
    @Test func `allow an IPv4 address 30 failures in ten minutes`() {
        let budgets = Gate()
        for second in 0..<30 {
            #expect(budgets.fail(four(1, 1), at: start + .seconds(Int64(second))) == nil)
        }
        let until = start + .minutes(10)
        #expect(budgets.fail(four(1, 1), at: start + .seconds(30)) == until)
        #expect(budgets.fail(four(1, 1), at: until - .microseconds(1)) == until)
        #expect(budgets.fail(four(1, 1), at: until) == nil)
        #expect(budgets.fail(four(1, 1), at: until) == until + .seconds(1))
    }

    @Test func `count an IPv6 /64 as one place`() {
        let budgets = Gate()
        for host in 0..<30 { #expect(budgets.fail(six(1, 1, host), at: start) == nil) }
        #expect(budgets.fail(six(1, 1, 999), at: start) != nil)
        #expect(budgets.fail(six(1, 2, 1), at: start) == nil)
    }

    @Test func `allow a /24 and a /48 three hundred`() {
        let budgets = Gate()
        let fours = (0..<20).map { budgets.allowed(29, four(1, $0), at: start) }
        #expect(fours.reduce(0, +) == 300)
        #expect(budgets.fail(four(2, 1), at: start) == nil)
        let sixes = (0..<20).map { budgets.allowed(29, six(1, $0, 1), at: start) }
        #expect(sixes.reduce(0, +) == 300)
    }

    @Test func `allow an application a thousand without an address`() {
        let budgets = Gate()
        let one = ApplicationID(bytes: [UInt8](repeating: 1, count: 16))
        let two = ApplicationID(bytes: [UInt8](repeating: 2, count: 16))
        #expect(budgets.allowed(1_001, .unattributed(one), at: start) == 1_000)
        #expect(budgets.fail(.unattributed(two), at: start) == nil)
    }

    @Test func `take back a success and nothing before it`() {
        let budgets = Gate()
        #expect(budgets.allowed(29, four(1, 1), at: start) == 29)
        for _ in 0..<100 {
            guard case .allowed(let reservation) = budgets.value.reserve(for: four(1, 1), at: start)
            else {
                Issue.record("there is room for one")
                return
            }
            budgets.value.succeed(reservation)
        }
        #expect(budgets.allowed(2, four(1, 1), at: start) == 1)
    }

    @Test func `neither count nor lengthen for a refused attempt`() {
        let budgets = Gate()
        _ = budgets.allowed(30, four(1, 1), at: start)
        for second in 0..<500 { _ = budgets.fail(four(1, 1), at: start + .seconds(Int64(second))) }
        #expect(budgets.allowed(40, four(1, 1), at: start + .minutes(10)) == 30)
        // The wide network has lost nothing to what was refused.
        let others = (2..<20).map { budgets.allowed(30, four(1, $0), at: start + .minutes(10)) }
        #expect(others.reduce(0, +) == 270)
    }

    @Test func `stay shut when the clock goes backwards, and not for ever`() {
        let budgets = Gate()
        _ = budgets.allowed(30, four(1, 1), at: start + .days(365))
        #expect(budgets.fail(four(1, 1), at: start) == start + .minutes(10))
        #expect(budgets.fail(four(1, 1), at: start + .minutes(10)) == nil)
    }
}

@Suite struct `Full budgets of sources` {
    private var small: SourceBudgetSettings {
        var settings = SourceBudgetSettings.standard
        settings.narrowEntriesMax = 4
        settings.wideEntriesMax = 2
        settings.overflowFailures = 50
        return settings
    }

    @Test func `count a new place in its wide network`() {
        let budgets = Gate(small)
        for host in 0..<4 { #expect(budgets.allowed(40, four(1, host), at: start) == 30) }
        #expect(budgets.allowed(400, four(1, 99), at: start) == 300 - 120)
        #expect(budgets.value.entryCounts.narrow == 4)
    }

    @Test func `count new networks together`() {
        let budgets = Gate(small)
        for network in 1...4 { _ = budgets.fail(four(network, 1), at: start) }
        let strangers = (10..<20).map { budgets.allowed(20, four($0, 1), at: start) }
        // Networks 3 and 4 found the wide table full and were counted here too.
        #expect(strangers.reduce(0, +) == 50 - 2)
    }

    @Test func `never forget a source at its limit`() {
        let budgets = Gate(small)
        #expect(budgets.allowed(31, four(1, 1), at: start) == 30)
        for step in 0..<3_000 {
            _ = budgets.fail(
                four(step % 250 + 2, step % 7), at: start + .milliseconds(Int64(step) * 100))
        }
        #expect(budgets.fail(four(1, 1), at: start + .minutes(9)) == start + .minutes(10))
    }

    @Test func `have room again when their entries are old`() {
        let budgets = Gate(small)
        for network in 1...4 { _ = budgets.allowed(30, four(network, 1), at: start) }
        let later = start + .minutes(10)
        #expect(budgets.allowed(40, four(50, 1), at: later) == 30)
        #expect(budgets.allowed(40, four(51, 1), at: later) == 30)
    }

    @Test func `stay within their bounds whatever happens`() {
        let budgets = Gate(small)
        var random = Seeded(6)
        var now = start
        for _ in 0..<20_000 {
            now = now + .milliseconds(Int64.random(in: 0...2_000, using: &random))
            let source = four(
                Int.random(in: 0..<30, using: &random), Int.random(in: 0..<30, using: &random))
            if case .allowed(let reservation) = budgets.value.reserve(for: source, at: now),
                Bool.random(using: &random)
            {
                budgets.value.succeed(reservation)
            }
            #expect(budgets.value.entryCounts.narrow <= 4 && budgets.value.entryCounts.wide <= 2)
        }
    }
}

@Suite struct `A bounded table` {
    @Test func `holds what a dictionary holds, up to its capacity`() {
        var table = BoundedTable<Int, Int>(capacity: 8)
        var model: [Int: Int] = [:]
        var random = Seeded(7)
        for step in 0..<20_000 {
            let key = Int.random(in: 0..<16, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1:
                let fits = model[key] != nil || model.count < 8
                #expect(table.hasRoom(for: key) == fits)
                let isSet = table.set(step, for: key)
                #expect(isSet == fits)
                if fits { model[key] = step }
            case 2:
                table.remove(key)
                model[key] = nil
            case 3:
                let changed: Void? = table.change(key) { $0 += 1 }
                #expect((changed != nil) == (model[key] != nil))
                model[key]? += 1
            default:
                // Removing moves entries under the hand, so one round need not meet them all.
                for _ in 0..<8 { table.sweep(steps: 8) { $0 % 5 == 0 } }
                model = model.filter { $0.value % 5 != 0 }
            }
            #expect(table.count == model.count)
            #expect(table[key] == model[key])
        }
    }

    @Test func `gives up its stalest entry, but none that must stay`() {
        var table = BoundedTable<String, Int64?>(capacity: 3)
        table.set(30, for: "new")
        table.set(10, for: "old")
        table.set(nil, for: "kept")
        let age = { (value: Int64?) in value.map { Timestamp(microseconds: $0) } }
        let first = table.removeStalest(of: 3, age: age)
        #expect(first && table["old"] == nil && table["new"] != nil)
        let second = table.removeStalest(of: 3, age: age)
        let third = table.removeStalest(of: 3, age: age)
        #expect(second && !third)
        #expect(table["kept"] != nil)
    }
}
