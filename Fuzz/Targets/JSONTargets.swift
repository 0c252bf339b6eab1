import Foundation
import Service

/// What our reader accepts, Foundation's decoder accepts with an equal value; what we write of it is
/// read back as the same; and taking fields from it never traps.
func json(_ bytes: [UInt8]) {
    takeFields(bytes)
    let value: JSONValue
    do {
        value = try JSONReader.read(bytes)
    } catch {
        return
    }
    let written = value.bytes
    do {
        let again = try JSONReader.read(written)
        precondition(again == value && again.bytes == written, "written and read is another value")
    } catch {
        preconditionFailure("what we write we do not read")
    }
    do {
        let theirs = try JSONDecoder().decode(FoundationValue.self, from: Data(bytes))
        precondition(theirs.agrees(with: value), "Foundation reads another value")
    } catch {
        precondition(hasZeroWithExponent(bytes), "Foundation refuses what we accept: \(error)")
    }
}

/// Foundation 6.3 refuses `0e2`, a zero that RFC 8259 allows. The one known difference.
private func hasZeroWithExponent(_ bytes: [UInt8]) -> Bool {
    bytes.indices.dropFirst().contains { index in
        bytes[index - 1] == UInt8(ascii: "0") && bytes[index] | 0x20 == UInt8(ascii: "e")
            && (index < 2 || !(UInt8(ascii: ".")...UInt8(ascii: "9")).contains(bytes[index - 2]))
    }
}

/// A configuration is refused in one line that names something, or taken; and taking it twice changes
/// nothing about that.
func configuration(_ bytes: [UInt8]) {
    var configuration = Configuration()
    let first = refusal(of: bytes, by: &configuration)
    if let first {
        precondition(!first.isEmpty && !first.utf8.contains(0x0A), "not one line: \(first)")
    }
    let second = refusal(of: bytes, by: &configuration)
    precondition(first == second, "the same file is judged differently the second time")
}

private func refusal(of bytes: [UInt8], by configuration: inout Configuration) -> String? {
    do throws(ConfigurationError) {
        try configuration.apply(json5: bytes, named: "file")
        return nil
    } catch {
        return error.text
    }
}

private func takeFields(_ bytes: [UInt8]) {
    do throws(Problem) {
        let fields = try Fields(
            body: bytes, allowed: ["email", "password", "max", "client", "lease_tokens"])
        _ = try fields.optionalText("email")
        _ = try fields.optionalInteger("max", in: 1...1_000)
        let client = try fields.optionalObject("client", allowed: ["ip", "device_token"])
        _ = try client?.optionalText("ip")
        _ = try fields.texts("lease_tokens", countMax: 3)
    } catch {
        precondition(error.status == 400 && !error.detail.isEmpty)
        _ = error.response
    }
}

/// What `JSONDecoder` makes of a text.
private indirect enum FoundationValue: Decodable {
    case null
    case boolean(Bool)
    case number(whole: Int64?, decimal: Double)
    case string(String)
    case array([FoundationValue])
    case object([String: FoundationValue])

    init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            self = .null
        } else if let flag = try? single.decode(Bool.self) {
            self = .boolean(flag)
        } else if let number = try? single.decode(Double.self) {
            self = .number(whole: try? single.decode(Int64.self), decimal: number)
        } else if let text = try? single.decode(String.self) {
            self = .string(text)
        } else if let elements = try? single.decode([FoundationValue].self) {
            self = .array(elements)
        } else {
            self = .object(try single.decode([String: FoundationValue].self))
        }
    }

    func agrees(with ours: JSONValue) -> Bool {
        switch (self, ours) {
        case (.null, .null): true
        case (.boolean(let theirs), .boolean(let ours)): theirs == ours
        case (.number(let whole, _), .integer(let ours)): whole == ours
        case (.number(_, let decimal), .decimal(let ours)): decimal == ours
        case (.string(let theirs), .string(let ours)): same(theirs, ours)
        case (.array(let theirs), .array(let ours)):
            theirs.count == ours.count && zip(theirs, ours).allSatisfy { $0.agrees(with: $1) }
        case (.object(let theirs), .object(let ours)):
            theirs.count == ours.count
                && ours.allSatisfy { theirs[$0.name]?.agrees(with: $0.value) ?? false }
        default: false
        }
    }
}
