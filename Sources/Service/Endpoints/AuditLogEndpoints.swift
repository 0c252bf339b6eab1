import Accounts
import HTTP
import Storage

/// The audit log for auditors, page by page. Reading it is recorded in it, in the same transaction.
enum AuditLogEndpoints {
    static let routes: [Route] = [
        Route(
            method: "GET", template: "/v1/admin/audit-log", access: .administrator([.auditor]),
            answer: read)
    ]

    private static let countMax = 1_000
    private static let countDefault = 100

    /// `after`: the `next` of the page before; `max`: records in a page.
    private static func read(_ call: Call) throws(Problem) -> Work {
        let query = try QueryParameters(call.request, allowed: ["after", "max"])
        let after = try number(query["after"], "after", in: 0...Int.max, unless: 0)
        let count = try number(query["max"], "max", in: 1...countMax, unless: countDefault)
        let node = call.node
        let actor = call.application
        return .write { () throws(Problem) in
            let rows = try node.withProblems { () throws(DatabaseError) in
                try node.database.transaction { transaction throws(DatabaseError) in
                    try node.auditLogPage(
                        after: Int64(after), count: count, by: actor, transaction)
                }
            }
            let next = rows.count == count ? rows.last.map { $0.record.sequence } : nil
            return answer(
                200,
                [
                    "records": .array(rows.map(\.json)),
                    "next": next.map { .integer($0) } ?? .null,
                ])
        }
    }

    private static func number(
        _ text: String?, _ field: String, in range: ClosedRange<Int>, unless given: Int
    ) throws(Problem) -> Int {
        guard let text else { return given }
        guard let number = Int(text), range.contains(number) else {
            throw .invalid(
                field: field,
                expected: "a whole number, \(range.lowerBound) ... \(range.upperBound)")
        }
        return number
    }
}
