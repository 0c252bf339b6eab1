import Passwords

extension PolicyFileError {
    /// One line for the person who wrote the file: the key, and what was expected.
    var text: String {
        switch self {
        case .tooLarge: "it is larger than \(PasswordPolicy.fileBytesMax) bytes"
        case .unreadable: "it is not a JSON5 object"
        case .unknownKey(let key): "unknown key \(key)"
        case .missingKey(let key): "\(key) is missing"
        case .wrongType(let key, let expected): "\(key): expected \(expected)"
        case .outOfRange(let key, let allowed): "\(key): expected \(allowed)"
        case .caseNotReached(let claimed):
            "cnil_case: its rules do not reach case \(claimed.rawValue) of CNIL délibération 2022-100"
        }
    }
}
