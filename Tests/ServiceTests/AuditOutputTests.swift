import Accounts
import Foundation
import Passwords
import Service
import Testing

@Suite struct `The outputs of an audit` {
    /// A number with its place: section, row, column.
    private typealias Figures = [String: Int]

    /// A report with a candidate and names that every output must be careful with.
    private func report() throws -> AuditReport {
        let policy = try PolicyLibrary.policy("cnil-8x4")
        let candidate = try PolicyLibrary.policy("anssi-15")
        let now = Timestamp(seconds: 1_795_000_000)
        let question = AuditQuestion(
            policy: policy, candidate: candidate, now: now, unusedAfter: .days(730))
        var tally = AuditTally(question)
        for index in 0..<997 {
            let time = now - .days(Int64(index))
            let broken = PasswordViolation.allCases.enumerated().compactMap { place, rule in
                index % (place + 11) == 0 ? rule : nil
            }
            let vector = VerdictVector(
                time: time,
                inForce: RuleVerdict(
                    policy: policy.name, version: index % 7 == 0 ? 9 : 1, broken: broken),
                candidate: index % 2 == 0
                    ? RuleVerdict(policy: candidate, broken: index % 5 == 0 ? [.tooShort] : [])
                    : nil,
                corpus: index % 3 == 0
                    ? VerdictVector.Corpus(version: "c1", isListed: index % 9 == 0) : nil)
            tally.count(
                AuditedAccount(
                    id: AccountID(bytes: [UInt8](repeating: 3, count: 16)),
                    application: "app_\(index % 4)", registeredAt: now - .days(Int64(index * 2)),
                    password: .init(
                        setAt: time, isBelowCost: index % 6 == 0, mustChange: index % 13 == 0),
                    verdict: index % 10 == 0
                        ? .none : index % 101 == 1 ? .unreadable : .known(vector),
                    lastUsedAt: time))
        }
        return tally.report(
            policy: .init(policy, stage: "configured"),
            candidate: .init(candidate, stage: "monitor"), hashCost: "m=65536 KiB, t=3, p=1",
            names: [
                "app_0": "the shop", "app_1": "a \"b\", <c> & d", "app_2": "=1+1",
                "app_3": "Éclair",
            ])
    }

    private func figures(_ report: AuditReport) -> Figures {
        var figures: Figures = [:]
        for section in report.sections {
            for row in section.rows {
                for (column, value) in zip(section.columns, row.values) {
                    figures["\(section.id)|\(row.key)|\(column)"] = value
                }
            }
        }
        return figures
    }

    @Test func `have more than a handful of numbers to agree on`() throws {
        let figures = figures(try report())
        #expect(figures.count > 300)
        #expect(figures["overview|accounts|accounts"] == 997)
        #expect(figures["overview|breached|accounts"].map { $0 > 0 } == true)
        #expect(Set(figures.values).count > 20)
    }

    @Test func `agree: JSON`() throws {
        let report = try report()
        let read = try #require(AuditReport(json: try report.json()))
        #expect(read == report)
        #expect(figures(read) == figures(report))
        let value = try JSONReader.read(try report.json())
        #expect(value["accounts"]?["non_compliant"]?.integer == report.accounts.nonCompliant)
        #expect(value["policy"]?["name"] == "cnil-8x4")
        #expect(AuditReport(json: Array("{}".utf8)) == nil)
    }

    @Test func `agree: CSV`() throws {
        let report = try report()
        let lines = report.csv.components(separatedBy: "\r\n")
        #expect(lines.first == "section,key,label,measure,value")
        #expect(lines.last == "")
        var read: Figures = [:]
        for line in lines.dropFirst().dropLast() {
            let fields = fields(line)
            try #require(fields.count == 5, "\(line)")
            read["\(fields[0])|\(fields[1])|\(fields[3])"] = Int(fields[4])
        }
        #expect(read == figures(report))
        #expect(report.csv.contains("\"a \"\"b\"\", <c> & d\""))
        #expect(report.csv.contains(",'=1+1,"), "a spreadsheet must not compute a name")
    }

    @Test func `agree: HTML`() throws {
        let report = try report()
        var read: Figures = [:]
        for section in report.sections {
            let start = try #require(report.html.range(of: "<table id=\"\(section.id)\">"))
            let end = try #require(
                report.html.range(of: "</table>", range: start.upperBound..<report.html.endIndex))
            let body = report.html[start.upperBound..<end.lowerBound]
            for row in body.components(separatedBy: "<tr data-key=\"").dropFirst() {
                let key = String(row.prefix { $0 != "\"" })
                let cells = row.components(separatedBy: "<td>").dropFirst()
                    .compactMap { Int($0.prefix { $0.isNumber }) }
                for (column, value) in zip(section.columns, cells) {
                    read["\(section.id)|\(key)|\(column)"] = value
                }
            }
        }
        #expect(read == figures(report))
    }

    @Test func `agree: table`() throws {
        let report = try report()
        let parts = report.table.components(separatedBy: "\n\n").dropFirst()
        #expect(parts.count == report.sections.count)
        for (part, section) in zip(parts, report.sections) {
            let lines = part.split(separator: "\n").map(String.init)
            #expect(lines.first == section.title)
            let rows = lines.dropFirst(section.columns.count > 1 ? 2 : 1)
            #expect(rows.count == section.rows.count)
            for (line, row) in zip(rows, section.rows) {
                let words = line.split(separator: " ")
                #expect(
                    words.suffix(row.values.count).compactMap { Int($0) } == row.values,
                    "\(section.id) \(row.key)")
                #expect(line.contains(row.label))
            }
        }
    }

    @Test func `give a page that asks nobody for anything, and shows names as text`() throws {
        let html = try report().html
        for word in ["http://", "https://", "<script", "url(http", "<img", "<link", "@import"] {
            #expect(!html.contains(word), "\(word)")
        }
        #expect(html.contains("a &quot;b&quot;, &lt;c&gt; &amp; d"))
        #expect(!html.contains("<c>"))
        #expect(html.contains("délibération n° 2022-100"))
        #expect(html.contains("prefers-color-scheme:dark"))
        #expect(html.contains("@media print"))
    }

    /// The fields of one line of RFC 4180 without line feeds inside.
    private func fields(_ line: String) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"":
                isQuoted.toggle()
                // A doubled one inside, seen as it opens again.
                if isQuoted, !fields[fields.count - 1].isEmpty {
                    fields[fields.count - 1].append("\"")
                }
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}
