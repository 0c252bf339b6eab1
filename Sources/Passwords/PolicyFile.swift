import Foundation

/// Why a policy file is refused. Keys are named, values are not repeated.
package enum PolicyFileError: Error, Equatable, Sendable {
    /// More bytes than ``PasswordPolicy/fileBytesMax``.
    case tooLarge
    /// Not one JSON5 object in UTF-8.
    case unreadable
    /// A key that no policy has, so a misspelt rule cannot be dropped in silence.
    case unknownKey(String)
    case missingKey(String)
    case wrongType(key: String, expected: String)
    case outOfRange(key: String, allowed: String)
    /// `cnil_case` claims more than the rules give, by the CNIL's published examples.
    case caseNotReached(claimed: CNILCase)
}

extension PasswordPolicy {
    /// Bytes. A policy is a handful of lines and their sources.
    package static let fileBytesMax = 65_536

    /// Reads a policy file. All keys but `words_min` must be there. A key that is there twice counts
    /// as its first value, as in every JSON5 reader built on Foundation.
    ///
    /// - Throws: also when the file claims a case of the CNIL's that its rules do not reach.
    package init(json5 data: [UInt8]) throws(PolicyFileError) {
        self = try PasswordPolicy(unjudged: data)
        guard let reached = cnilCaseReached, reached.rawValue <= cnilCase.rawValue else {
            throw .caseNotReached(claimed: cnilCase)
        }
    }

    /// The same without holding the claimed case against the rules: for an audit, which says what is
    /// wrong with a policy that must never be in force.
    package init(unjudged data: [UInt8]) throws(PolicyFileError) {
        guard data.count <= PasswordPolicy.fileBytesMax else { throw .tooLarge }
        // Foundation would also read UTF-16, in which every ASCII character has a zero byte.
        guard !data.contains(0) else { throw .unreadable }
        // Foundation 6.3 ends the process over a key without quotes that is not UTF-8.
        guard String(validating: data, as: UTF8.self) != nil else { throw .unreadable }
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        let file: PolicyFile
        do {
            file = try decoder.decode(PolicyFile.self, from: Data(data))
        } catch let error as PolicyFileError {
            throw error
        } catch {
            throw .unreadable
        }
        self = file.policy
    }
}

/// The keys of a policy file, and what each may hold.
private enum PolicyKey: String, CaseIterable {
    case name, version, title
    case cnilCase = "cnil_case"
    case charactersMin = "characters_min"
    case requiredClasses = "required_classes"
    case wordsMin = "words_min"

    /// For the keys that hold a number.
    var range: ClosedRange<Int> {
        switch self {
        case .version: 1...1_000_000
        case .cnilCase: 1...3
        // From the CNIL's 4-digit code to the length that NIST wants always to be allowed.
        case .charactersMin: 4...64
        case .wordsMin: 0...20
        case .name: 1...64
        case .title: 1...200
        case .requiredClasses: 0...4
        }
    }
}

private struct PolicyFile: Decodable {
    let policy: PasswordPolicy

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: FileKey.self)
        // Sorted, so that the same file is always refused for the same reason.
        for key in fields.allKeys.map(\.stringValue).sorted() {
            guard PolicyKey(rawValue: key) != nil else { throw PolicyFileError.unknownKey(key) }
        }
        for key in PolicyKey.allCases where key != .wordsMin {
            guard fields.contains(FileKey(key)) else {
                throw PolicyFileError.missingKey(key.rawValue)
            }
        }
        let wordsMin = fields.contains(FileKey(.wordsMin)) ? try fields.number(.wordsMin) : 0
        policy = PasswordPolicy(
            name: try fields.name(), version: try fields.number(.version),
            title: try fields.title(), cnilCase: try fields.cnilCase(),
            charactersMin: try fields.number(.charactersMin),
            requiredClasses: try fields.classes(), wordsMin: wordsMin)
    }
}

private struct FileKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ key: PolicyKey) { stringValue = key.rawValue }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer<FileKey> {
    fileprivate func read<Value: Decodable>(
        _ type: Value.Type, _ key: PolicyKey, expected: String
    ) throws(PolicyFileError) -> Value {
        do {
            return try decode(type, forKey: FileKey(key))
        } catch {
            throw .wrongType(key: key.rawValue, expected: expected)
        }
    }

    fileprivate func number(_ key: PolicyKey) throws(PolicyFileError) -> Int {
        let value = try read(Int.self, key, expected: "a whole number")
        let range = key.range
        guard range.contains(value) else {
            throw .outOfRange(
                key: key.rawValue, allowed: "\(range.lowerBound) ... \(range.upperBound)")
        }
        return value
    }

    fileprivate func cnilCase() throws(PolicyFileError) -> CNILCase {
        guard let value = CNILCase(rawValue: try number(.cnilCase)) else {
            throw .outOfRange(key: PolicyKey.cnilCase.rawValue, allowed: "1 ... 3")
        }
        return value
    }

    fileprivate func name() throws(PolicyFileError) -> String {
        let name = try read(String.self, .name, expected: "a string")
        let isPlain = name.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-")
        }
        guard isPlain, PolicyKey.name.range.contains(name.utf8.count) else {
            throw .outOfRange(key: "name", allowed: "1 ... 64 of a-z, 0-9 and -")
        }
        return name
    }

    fileprivate func title() throws(PolicyFileError) -> String {
        let title = try read(String.self, .title, expected: "a string")
        let isOneLine = title.unicodeScalars.allSatisfy {
            !ScalarKind(of: $0).contains(.forbidden)
        }
        guard isOneLine, PolicyKey.title.range.contains(title.unicodeScalars.count) else {
            throw .outOfRange(key: "title", allowed: "1 ... 200 characters on one line")
        }
        return title
    }

    fileprivate func classes() throws(PolicyFileError) -> CharacterClasses {
        let key = PolicyKey.requiredClasses
        let names = try read([String].self, key, expected: "a list of strings")
        var classes: CharacterClasses = []
        for name in names {
            let set = CharacterClasses.named.first { $0.name == name }?.set
            guard let set, classes.insert(set).inserted else {
                throw .outOfRange(
                    key: key.rawValue, allowed: "upper, lower, digit, special, each once")
            }
        }
        return classes
    }
}
