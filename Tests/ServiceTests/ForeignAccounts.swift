import Accounts
import Foundation
import Service
import Storage
import Testing

/// Hashes of `Un-Cheval-1815`, as the tests of Passwords have them with their sources.
enum ForeignHashes {
    static let password = "Un-Cheval-1815"
    static let bcrypt = "$2b$04$abcdefghijklmnopqrstuuUro8N19.MeQg58lgJQONA0DBB/nN7A."
    static let djangoPBKDF2 =
        "pbkdf2_sha256$1000$seasalt0123456789abcde$Xmo5p6IvyXoY2w/8k4UpIEhfAWxoTfKu4C0UZLgmc+8="
    static let djangoScrypt =
        "scrypt$16$seasalt0123456789abcde$8$5$a14iV72xTKrUje0gA4ZM0UuDwEwKH5n1fKW48OVUMPsPrnLIhXxM"
        + "O3lZFx+fVHL+Ub7tT9tkd/cxFwAk065ssA=="
    static let shaCrypt = "$5$rounds=1000$ab$xpEA0tiucrO2gYaeDAwbT/g8eEI3IjK6J9rC/F.68z1"
    /// 64 KiB.
    static let argon2i =
        "$argon2i$v=19$m=64,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$aqrdnK9AJDsz66upJqj1d6Dgd4+RLeNK9GYxZWwz0n0"

    static let all = [bcrypt, djangoPBKDF2, djangoScrypt, shaCrypt, argon2i]
}

/// What an import said.
struct ImportAnswer {
    let outcome: AccountImport.Outcome
    let errors: [(line: Int, error: ImportLineError)]

    var refused: [Int] { errors.map(\.line) }
    var fields: [String] { errors.map(\.error.field) }
}

extension RunningService {
    var applicationID: String {
        get throws {
            try #require(try texts("SELECT id FROM api_key WHERE kind = 'application'").first)
        }
    }

    /// Imports lines as the command does, beside the running service.
    @discardableResult
    func importing(
        _ lines: [String], memoryKiBMax: UInt32 = 64, isDryRun: Bool = false,
        application: String? = nil
    ) throws -> ImportAnswer {
        let path = try folder.file(
            "import-\(UUID().uuidString)", lines.map { $0 + "\n" }.joined())
        let file = try LineFile(path, lineBytesMax: ImportLine.bytesMax)
        let work = try AccountImport(
            database, dataDirectory: dataPath, actor: "cli:0",
            rules: .init(
                application: try application ?? applicationID, memoryKiBMax: memoryKiBMax,
                isDryRun: isDryRun))
        var errors: [(Int, ImportLineError)] = []
        let outcome = try work.run(
            file, refuse: { line, error in errors.append((line, error)) }, progress: { _ in })
        return ImportAnswer(outcome: outcome, errors: errors.map { (line: $0.0, error: $0.1) })
    }
}

/// One line of an import.
func line(_ email: String, _ hash: String, _ more: [String: String] = [:]) -> String {
    var members: [JSONValue.Member] = [
        .init(name: "email", value: .string(email)),
        .init(name: "password_hash", value: .string(hash)),
    ]
    for (name, value) in more.sorted(by: { $0.key < $1.key }) {
        members.append(.init(name: name, value: .string(value)))
    }
    return String(decoding: JSONValue.object(members).bytes, as: UTF8.self)
}
