package import Accounts
import Foundation

extension AuditReport {
    /// As text for a terminal: a heading and a table for each section.
    package var table: String {
        var lines = heading
        for section in sections {
            lines += ["", section.title]
            guard !section.rows.isEmpty else {
                lines.append("  none")
                continue
            }
            lines += aligned(section)
        }
        return lines.joined(separator: "\n")
    }

    /// RFC 4180 with a header line: one line a number.
    package var csv: String {
        var lines = ["section,key,label,measure,value"]
        for section in sections {
            for row in section.rows {
                for (column, value) in zip(section.columns, row.values) {
                    lines.append(
                        [section.id, quoted(row.key), quoted(row.label), column, String(value)]
                            .joined(separator: ","))
                }
            }
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// The report itself, its members sorted by name.
    package func json() throws(StartError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self))
        } catch {
            throw .refused("the report cannot be written as JSON")
        }
    }

    /// - Returns: `nil` for what ``json()`` does not write.
    package init?(json: [UInt8]) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            self = try decoder.decode(AuditReport.self, from: Data(json))
        } catch {
            return nil
        }
    }

    /// Who was asked about what, and when.
    package var heading: [String] {
        var lines = [
            "Password audit of \(generatedAt)",
            "policy \(policy.name) version \(policy.version) (\(policy.stage)), case "
                + "\(policy.cnilCase) of CNIL délibération 2022-100",
        ]
        if let date = policy.blockAfter { lines.append("blocked after \(date)") }
        if let candidate {
            lines.append("watched: \(candidate.name) version \(candidate.version)")
        }
        lines.append("today's cost \(hashCost)")
        return lines
    }

    private func aligned(_ section: AuditSection) -> [String] {
        let hasHead = section.columns.count > 1
        let head = hasHead ? [[""] + section.columns] : []
        let rows = head + section.rows.map { [$0.label] + $0.values.map(String.init) }
        let widths = (0...section.columns.count).map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        return rows.map { row in
            let label = row[0] + String(repeating: " ", count: widths[0] - row[0].count)
            let numbers = row.indices.dropFirst().map { column in
                String(repeating: " ", count: widths[column] - row[column].count) + row[column]
            }
            return (["  " + label] + numbers).joined(separator: "  ")
        }
    }

    /// An application's name is free text. One that a spreadsheet would take for a formula is kept from
    /// being one.
    private func quoted(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let plain = (isFormula ? "'" : "") + text
        guard plain.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return plain }
        return "\"" + plain.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}
