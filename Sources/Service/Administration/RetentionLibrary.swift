package import Accounts

/// The retention schedule: the one built into the program (`config/retention.json5`), or a file.
package enum RetentionLibrary {
    package static var shipped: [UInt8] { PackageResources.retention_json5 }

    /// - Parameters:
    ///   - path: `nil` for the shipped one.
    ///   - now: every category must have a rule in force by then.
    package static func schedule(
        _ path: String?, at now: Timestamp
    ) throws(StartError) -> RetentionSchedule {
        let name = path ?? "retention"
        do {
            let schedule = try RetentionSchedule(json5: data(path))
            if let gap = schedule.firstGap(at: now) {
                throw StartError.configuration(
                    "\(name): \(gap.name) has no rule before "
                        + "\(gap.effectiveFrom.rfc3339().prefix(10)): expected one in force today "
                        + "(\(gap.category.lawfulBasis))")
            }
            return schedule
        } catch let error as RetentionFileError {
            throw .configuration("\(name): \(error.text)")
        } catch let error as StartError {
            throw error
        } catch {
            throw .configuration("\(name): \(error)")
        }
    }

    private static func data(_ path: String?) throws(StartError) -> [UInt8] {
        guard let path else { return shipped }
        do {
            return try readBoundedFile(path, bytesMax: RetentionSchedule.fileBytesMax)
        } catch {
            throw .configuration("retention.file: cannot read \(path): \(error.reason)")
        }
    }
}

extension RetentionFileError {
    /// One line for the person who wrote the file: the place, what was expected, and by which law.
    package var text: String {
        switch self {
        case .tooLarge: "it is larger than \(RetentionSchedule.fileBytesMax) bytes"
        case .unreadable: "it is not a JSON5 object"
        case .unknownKey(let key): "unknown key \(key)"
        case .missingKey(let key): "\(key) is missing"
        case .wrongType(let place, let expected): "\(place): expected \(expected)"
        case .outOfRange(let place, let allowed): "\(place): expected \(allowed)"
        case .missingCategory(let category):
            "categories: \(category.rawValue) is missing: expected how long it is kept, "
                + "\(category.lawfulText)"
        case .unlawfulPeriod(let place, let category, let period):
            "\(place): expected \(category.lawfulText) for \(category.rawValue), got \(period.text)"
        case .unlawfulStart(let place, let category):
            "\(place): expected \(category.start.rawValue) for \(category.rawValue) "
                + "(\(category.lawfulBasis))"
        case .keepsNoFields(let place, let category):
            "\(place): expected none, as \(category.rawValue) keeps no field of an account"
        case .brokenSuccession(let place, let category):
            "\(place): expected rules of \(category.rawValue) in order, each beginning on the day "
                + "on which the one before it ends, and the last without an end"
        }
    }
}

extension RetentionCategory {
    fileprivate var lawfulText: String { "\(CalendarPeriod.text(lawfulMonths)) (\(lawfulBasis))" }
}
