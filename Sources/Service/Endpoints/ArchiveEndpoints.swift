import Accounts
import HTTP
import Storage

/// Handing out sealed records. Each call is a recorded act of its own.
enum ArchiveEndpoints {
    static let routes: [Route] = [
        Route(
            method: "POST", template: "/v1/admin/archive/exports",
            access: .administrator([.archivist]), answer: export)
    ]

    /// `{reason, ticket, account_id?, category?, after?}`: one page, and where the next begins.
    private static func export(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let fields = try Fields(
            call.request, allowed: ["reason", "ticket", "account_id", "category", "after"])
        let grounds = ArchiveExport.Grounds(
            reason: try fields.optionalText("reason"), ticket: try fields.optionalText("ticket"))
        guard let grounds else {
            throw Problem(.reasonRequired, "Expected \(ArchiveExport.Grounds.expected).")
        }
        let scope = try scope(
            try fields.optionalText("account_id"), try fields.optionalText("category"))
        var after: SealedRecordID?
        if let text = try fields.optionalText("after") {
            guard let id = SealedRecordID(parsing: text) else {
                throw .invalid(field: "after", expected: "the id of a record")
            }
            after = id
        }
        let actor = call.application
        let last = after
        return .write { () throws(Problem) in
            let export = ArchiveExport(node, scope)
            try export.record(grounds, by: actor)
            let page = try export.page(after: last)
            let next =
                page.count == ArchiveExport.pageMax
                ? page.last.map { JSONValue.string($0.record.id.text) } : nil
            return answer(
                200, ["records": .array(page.map(\.value)), "next": next ?? .null])
        }
    }

    private static func scope(
        _ account: String?, _ category: String?
    ) throws(Problem) -> ArchiveExport.Scope {
        switch (account, category) {
        case (nil, nil): return .all
        case (let text?, nil):
            guard let id = AccountID(parsing: text) else {
                throw .invalid(field: "account_id", expected: "the id of an account")
            }
            return .account(id)
        case (nil, let text?):
            guard let category = RetentionCategory(rawValue: text), category.isSealed else {
                throw .invalid(field: "category", expected: "a category that is sealed")
            }
            return .category(category)
        case (.some, .some):
            throw .invalid(field: "category", expected: "either account_id or category")
        }
    }
}
