package import Passwords

/// One line of `loquet policy check` in, one verdict out: the same engine as at registration.
package struct PolicyCheck: Sendable {
    private let policy: PasswordPolicy
    private let context: PasswordContext
    private let isJSONL: Bool

    package struct Verdict: Equatable, Sendable {
        package let isAccepted: Bool
        /// What is printed, without the line feed. Never holds the password.
        package let line: String
    }

    /// - Parameter isJSONL: lines are objects `{"password":"…"}`, and verdicts are objects too.
    package init(policy: PasswordPolicy, context: PasswordContext, isJSONL: Bool) {
        self.policy = policy
        self.context = context
        self.isJSONL = isJSONL
    }

    package func verdict(on line: ArraySlice<UInt8>) -> Verdict {
        guard isJSONL else { return plain(violations(of: Array(line))) }
        guard String(validating: line, as: UTF8.self) != nil else {
            return json([PasswordInputError.invalidEncoding.code])
        }
        do {
            let fields = try Fields(body: Array(line), allowed: ["password"])
            return json(violations(of: Array(try fields.text("password").utf8)))
        } catch {
            let value: JSONValue = [
                "accepted": false, "violations": [], "error": .string(error.detail),
            ]
            return Verdict(isAccepted: false, line: String(decoding: value.bytes, as: UTF8.self))
        }
    }

    private func json(_ codes: [String]) -> Verdict {
        let value: JSONValue = [
            "accepted": .boolean(codes.isEmpty),
            "violations": .array(codes.map(JSONValue.string)),
        ]
        return Verdict(
            isAccepted: codes.isEmpty, line: String(decoding: value.bytes, as: UTF8.self))
    }

    private func plain(_ codes: [String]) -> Verdict {
        Verdict(
            isAccepted: codes.isEmpty,
            line: codes.isEmpty ? "accepted" : "refused " + codes.joined(separator: " "))
    }

    private func violations(of bytes: [UInt8]) -> [String] {
        do {
            return policy.violations(
                of: try Password(utf8: bytes.span), context: context, blocklist: .builtIn
            ).map(\.rawValue)
        } catch {
            return [error.code]
        }
    }
}
