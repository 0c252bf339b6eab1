import Accounts
import HTTP
import Storage

/// The log of what authorities were given; for the data protection officer alone.
enum DisclosureEndpoints {
    static let routes: [Route] = [
        officer("GET", "/v1/admin/disclosures", list),
        officer("POST", "/v1/admin/disclosures", add),
        officer("GET", "/v1/admin/disclosures/{id}", show),
        officer("POST", "/v1/admin/disclosures/{id}/notices", note),
    ]

    private static func officer(
        _ method: String, _ template: StaticString,
        _ answer: @escaping @Sendable (Call) throws(Problem) -> Work
    ) -> Route {
        Route(method: method, template: template, access: .administrator([.dpo]), answer: answer)
    }

    private static func add(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let wish = try DisclosureWish(
            Fields(call.request, allowed: DisclosureWish.fields), at: node.clock())
        let log = DisclosureLog(node, actor: call.actor)
        return .write { () throws(Problem) in
            let file = try orProblem(node) { () throws(DisclosureLog.Failure) in
                try log.add(wish)
            }
            return answer(201, encode(file))
        }
    }

    private static func list(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let query = try QueryParameters(call.request, allowed: ["open", "after", "max"])
        guard [nil, "true", "false"].contains(query["open"]) else {
            throw .invalid(field: "open", expected: "true or false")
        }
        let isOpen = query["open"] == "true"
        let last: DisclosureID? = try query.after()
        let limit = try query.max(in: DisclosureLog.pageRange) ?? DisclosureLog.pageDefault
        let log = DisclosureLog(node, actor: call.actor)
        return .write { () throws(Problem) in
            let entries = try orProblem(node) { () throws(DisclosureLog.Failure) in
                try log.list(after: last, isOpen: isOpen, limit: limit)
            }
            return answer(
                200,
                [
                    "disclosures": .array(entries.map(encode)),
                    "next": entries.count == limit
                        ? entries.last.map { .string($0.id.text) } ?? .null : .null,
                ])
        }
    }

    private static func show(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let id = try id(call)
        let log = DisclosureLog(node, actor: call.actor)
        return .write { () throws(Problem) in
            answer(
                200,
                encode(
                    try orProblem(node) { () throws(DisclosureLog.Failure) in try log.file(id) }))
        }
    }

    private static func note(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let id = try id(call)
        let wish = try NoticeWish(Fields(call.request, allowed: NoticeWish.fields))
        let log = DisclosureLog(node, actor: call.actor)
        return .write { () throws(Problem) in
            let count = try orProblem(node) { () throws(DisclosureLog.Failure) in
                try log.note(wish, on: id)
            }
            return answer(200, ["people": .integer(Int64(count))])
        }
    }

    private static func id(_ call: Call) throws(Problem) -> DisclosureID {
        guard let id = DisclosureID(parsing: call.segments[0]) else { throw .notFound }
        return id
    }

    private static func orProblem<Answer>(
        _ node: Node, _ body: () throws(DisclosureLog.Failure) -> Answer
    ) throws(Problem) -> Answer {
        do throws(DisclosureLog.Failure) {
            return try body()
        } catch {
            switch error {
            case .notFound: throw Problem(.notFound, error.text)
            case .unknownAccount:
                throw Problem(
                    .invalidRequest, "account_ids: \(error.text)",
                    extra: [.init(name: "field", value: "account_ids")])
            case .database(let error): throw node.problem(of: error)
            }
        }
    }
}

/// An entry with the people it is about.
package func encode(_ file: DisclosureLog.File) -> JSONValue {
    ["disclosure": encode(file.entry), "people": .array(file.people.map(encode))]
}
