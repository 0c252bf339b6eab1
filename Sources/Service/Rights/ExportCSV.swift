import Foundation

/// The same bundle as one table: `section,number,field,value`, a line for each value (RFC 4180).
///
/// `number` is empty outside lists and counts from 1 in them. A list within an entry is one value, its
/// parts separated by spaces. A value that a spreadsheet would run as a formula gets an apostrophe in
/// front; the JSON form has it as it is.
func csv(of bundle: JSONValue) -> [UInt8] {
    var lines = ["section,number,field,value"]
    guard case .object(let sections) = bundle else { return [] }
    for section in sections {
        switch section.value {
        case .object(let fields): add(fields, section.name, "", to: &lines)
        case .array(let entries):
            for (index, entry) in entries.enumerated() {
                guard case .object(let fields) = entry else { continue }
                add(fields, section.name, String(index + 1), to: &lines)
            }
        default: lines.append(line([section.name, "", "", text(section.value)]))
        }
    }
    return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
}

private func add(
    _ fields: [JSONValue.Member], _ section: String, _ number: String, to lines: inout [String]
) {
    for field in fields {
        lines.append(line([section, number, field.name, text(field.value)]))
    }
}

private func text(_ value: JSONValue) -> String {
    switch value {
    case .null: ""
    case .string(let text): text
    case .array(let elements): elements.map(text).joined(separator: " ")
    default: String(decoding: value.bytes, as: UTF8.self)
    }
}

private func line(_ cells: [String]) -> String {
    cells.map(quoted).joined(separator: ",")
}

private func quoted(_ text: String) -> String {
    let isFormula =
        text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
    let plain = (isFormula ? "'" : "") + text
    guard plain.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return plain }
    return "\"" + plain.replacingOccurrences(of: "\"", with: "\"\"") + "\""
}
