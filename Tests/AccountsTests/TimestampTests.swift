import Accounts
import SeededRandom
import Testing

// Expected seconds come from `date -u -d … +%s` of GNU coreutils.
@Suite struct `A timestamp` {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"),
        (1_795_385_071, "2026-11-22T22:04:31Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (951_868_799, "2000-02-29T23:59:59Z"),
        (951_868_800, "2000-03-01T00:00:00Z"),
        (-2_203_977_600, "1900-02-28T00:00:00Z"),
        (-2_203_891_200, "1900-03-01T00:00:00Z"),
        (1_709_164_800, "2024-02-29T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (-62_135_596_800, "0001-01-01T00:00:00Z"),
        (-62_167_219_200, "0000-01-01T00:00:00Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"),
    ]) func `is written and read as RFC 3339`(seconds: Int64, text: String) {
        let time = Timestamp(seconds: seconds)
        #expect(time.rfc3339() == text)
        #expect(Timestamp(rfc3339: text) == time)
    }

    @Test func `has as many digits after the second as asked for, cut and never rounded`() {
        let time = Timestamp(microseconds: 1_795_385_071_007_999)
        #expect(time.rfc3339() == "2026-11-22T22:04:31Z")
        #expect(time.rfc3339(.milliseconds) == "2026-11-22T22:04:31.007Z")
        #expect(time.rfc3339(.microseconds) == "2026-11-22T22:04:31.007999Z")
        #expect(time.milliseconds == 1_795_385_071_007)
    }

    @Test func `rounds towards the past before 1970 too`() {
        let time = Timestamp(microseconds: -1)
        #expect(time.milliseconds == -1)
        #expect(time.seconds == -1)
        #expect(time.rfc3339(.microseconds) == "1969-12-31T23:59:59.999999Z")
    }

    @Test(arguments: [
        ("2026-11-22T22:04:31.5Z", 500_000), ("2026-11-22T22:04:31.000001Z", 1),
        ("2026-11-22T22:04:31.123456789Z", 123_456),
    ]) func `reads one to nine digits of a fraction`(text: String, microseconds: Int64) throws {
        let whole = try #require(Timestamp(rfc3339: "2026-11-22T22:04:31Z"))
        #expect(Timestamp(rfc3339: text) == whole + .microseconds(microseconds))
    }

    @Test func `reads an offset from UTC`() {
        let utc = Timestamp(rfc3339: "2026-11-22T22:04:31Z")
        #expect(Timestamp(rfc3339: "2026-11-23T00:04:31+02:00") == utc)
        #expect(Timestamp(rfc3339: "2026-11-22T16:34:31-05:30") == utc)
        #expect(Timestamp(rfc3339: "2026-11-22T22:04:31-00:00") == utc)
    }

    @Test(arguments: [
        "", "2026-11-22", "2026-11-22T22:04:31", "2026-11-22 22:04:31Z", "2026-11-22t22:04:31z",
        "2026-11-22T22:04:31.Z", "2026-11-22T22:04:31.1234567890Z", "2026-11-22T24:00:00Z",
        "2026-11-22T22:60:00Z", "2016-12-31T23:59:60Z", "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-00-10T00:00:00Z",
        "2026-13-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
        "2026-11-22T22:04:31+24:00", "2026-11-22T22:04:31+02", "2026-11-22T22:04:31+0200",
        "2026-11-22T22:04:31Z ", " 2026-11-22T22:04:31Z", "+026-11-22T22:04:31Z",
        "２026-11-22T22:04:31Z", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    ]) func `is not read from anything else`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `survives writing and reading whatever it is`() {
        var random = Seeded(1)
        for _ in 0..<5_000 {
            let time = Timestamp(
                microseconds: Int64.random(
                    in: Timestamp.earliest.microseconds...Timestamp.latest.microseconds,
                    using: &random))
            #expect(Timestamp(rfc3339: time.rfc3339(.microseconds)) == time)
        }
    }

    @Test func `is held at the edges of the calendar and never overflows`() {
        #expect(Timestamp.latest.rfc3339(.microseconds) == "9999-12-31T23:59:59.999999Z")
        #expect(Timestamp.latest + .microseconds(1) == .latest)
        #expect(Timestamp.latest + .seconds(Int64.max) == .latest)
        #expect(Timestamp.earliest - .microseconds(1) == .earliest)
        #expect(Timestamp.earliest + .seconds(Int64.min) == .earliest)
        #expect(Timestamp.earliest - .seconds(Int64.min) == .latest)
        #expect(Timestamp(seconds: .max) == .latest)
    }

    @Test func `counts with durations`() {
        let time = Timestamp(microseconds: 10)
        #expect(time + .microseconds(5) == Timestamp(microseconds: 15))
        #expect(time - .microseconds(15) == Timestamp(microseconds: -5))
        #expect((time + .hours(72)) - time == .seconds(259_200))
        #expect(time < time + .microseconds(1))
    }
}
