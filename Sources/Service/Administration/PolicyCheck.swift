package import Passwords

/// One line of `loquet policy check` in, one verdict out: the same engine as at registration.
package struct PolicyCheck: Sendable {
    private let policy: PasswordPolicy
    private let context: PasswordContext
    private let screening: Screening
    private let isJSONL: Bool
    private let lines: VerdictLines

    /// What became of a line.
    package enum Verdict: Equatable, Sendable {
        case judged(PasswordViolations)
        /// Not UTF-8, or not the JSON that was promised: refused, because no rule was asked.
        case malformed

        package var isAccepted: Bool { self == .judged([]) }
    }

    /// - Parameter isJSONL: lines are objects `{"password":"…"}`, and verdicts are objects too.
    package init(
        policy: PasswordPolicy, context: PasswordContext, screening: Screening, isJSONL: Bool
    ) {
        self.policy = policy
        self.context = context
        self.screening = screening
        self.isJSONL = isJSONL
        lines = VerdictLines(isJSONL: isJSONL)
    }

    /// Whether every verdict so far was given by what was read at the start.
    var isWhole: Bool { screening.corpus?.isIntact ?? true }

    /// - Parameters:
    ///   - line: without its line feed.
    ///   - output: gets the verdict and a line feed. Never holds the password.
    package func judge(_ line: Span<UInt8>, into output: inout [UInt8]) -> Verdict {
        guard isJSONL else { return judge(password: line, into: &output) }
        let bytes = line.indices.map { line[$0] }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            return refuse(.invalidEncoding, into: &output)
        }
        do {
            let fields = try Fields(body: bytes, allowed: ["password"])
            return judge(password: try fields.text("password").utf8.span, into: &output)
        } catch {
            let value: JSONValue = [
                "accepted": false, "violations": [], "error": .string(error.detail),
            ]
            value.write(to: &output)
            output.append(0x0A)
            return .malformed
        }
    }

    private func judge(password: Span<UInt8>, into output: inout [UInt8]) -> Verdict {
        do {
            let violations = try policy.verdict(
                onUTF8: password, context: context, blocklist: screening.blocklist,
                corpus: screening.corpus)
            lines.append(violations, to: &output)
            return .judged(violations)
        } catch {
            return refuse(error, into: &output)
        }
    }

    private func refuse(_ error: PasswordInputError, into output: inout [UInt8]) -> Verdict {
        switch error {
        case .tooManyBytes:
            lines.append(.tooLong, to: &output)
            return .judged(.tooLong)
        case .invalidEncoding:
            output += lines.invalidEncoding
            return .malformed
        }
    }
}

/// Every verdict as it is printed, written once: there are 512, and millions of lines.
private struct VerdictLines: Sendable {
    private var text: [UInt8] = []
    /// Where each set of violations ends in `text`, by its raw value.
    private var ends: [Int] = [0]
    let invalidEncoding: [UInt8]

    init(isJSONL: Bool) {
        let encode = isJSONL ? json : plain
        invalidEncoding = encode([PasswordInputError.invalidEncoding.code])
        for rawValue in 0..<(1 << PasswordViolation.allCases.count) {
            text += encode(
                PasswordViolations(rawValue: UInt16(rawValue)).list.map(\.rawValue))
            ends.append(text.count)
        }
    }

    func append(_ violations: PasswordViolations, to output: inout [UInt8]) {
        let index = Int(violations.rawValue)
        output += text[ends[index]..<ends[index + 1]]
    }
}

private func plain(_ codes: [String]) -> [UInt8] {
    let words = codes.isEmpty ? ["accepted"] : ["refused"] + codes
    return Array((words.joined(separator: " ") + "\n").utf8)
}

private func json(_ codes: [String]) -> [UInt8] {
    let value: JSONValue = [
        "accepted": .boolean(codes.isEmpty), "violations": .array(codes.map(JSONValue.string)),
    ]
    return value.bytes + [0x0A]
}
