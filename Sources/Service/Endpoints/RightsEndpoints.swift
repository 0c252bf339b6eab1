import Accounts
import HTTP
import Storage

/// People's requests about their data: made through an application, by the person or by hand, and worked
/// on by the data protection officer.
enum RightsEndpoints {
    static let routes: [Route] = [
        Route(
            method: "POST", template: "/v1/accounts/{id}/requests", access: .application
        ) { call throws(Problem) in try take(call, account(call), .application) },
        Route(
            method: "GET", template: "/v1/accounts/{id}/requests", access: .application
        ) { call throws(Problem) in try mine(call, account(call)) },
        Route(method: "POST", template: "/v1/account/requests", access: .session) {
            call throws(Problem) in try take(call, call.session().accountID, .session)
        },
        Route(method: "GET", template: "/v1/account/requests", access: .session) {
            call throws(Problem) in try mine(call, call.session().accountID)
        },
        officer("GET", "/v1/admin/requests", list),
        officer("POST", "/v1/admin/requests", takeByHand),
        officer("GET", "/v1/admin/requests/{id}", show),
        officer("POST", "/v1/admin/requests/{id}/doubt") { call throws(Problem) in
            try step(call) { book, id, reason throws(RightsBook.Failure) in
                try book.doubt(id, because: reason)
            }
        },
        officer("POST", "/v1/admin/requests/{id}/verification") { call throws(Problem) in
            try step(call) { book, id, reason throws(RightsBook.Failure) in
                try book.verify(id, how: reason)
            }
        },
        officer("POST", "/v1/admin/requests/{id}/extension") { call throws(Problem) in
            try step(call) { book, id, reason throws(RightsBook.Failure) in
                try book.extend(id, because: reason)
            }
        },
        officer("POST", "/v1/admin/requests/{id}/decision", decide),
        officer("POST", "/v1/admin/requests/{id}/export", export),
    ]

    private static func officer(
        _ method: String, _ template: StaticString,
        _ answer: @escaping @Sendable (Call) throws(Problem) -> Work
    ) -> Route {
        Route(method: method, template: template, access: .administrator([.dpo]), answer: answer)
    }

    private static func take(
        _ call: Call, _ account: AccountID, _ channel: RequestChannel
    ) throws(Problem) -> Work {
        let wish = try RequestWish(
            Fields(call.request, allowed: RequestWish.fields), by: account, channel: channel)
        let book = RightsBook(call.node, actor: call.actor)
        return .write { () throws(Problem) in
            let (request, isNew) = try book.orProblem { () throws(RightsBook.Failure) in
                try book.take(wish)
            }
            return answer(isNew ? 201 : 200, ["request": encodeForPerson(request)])
        }
    }

    private static func mine(_ call: Call, _ account: AccountID) throws(Problem) -> Work {
        let book = RightsBook(call.node, actor: call.actor)
        return .write { () throws(Problem) in
            let requests = try book.orProblem { () throws(RightsBook.Failure) in
                try book.requests(of: account)
            }
            return answer(200, ["requests": .array(requests.map(encodeForPerson))])
        }
    }

    private static func takeByHand(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let wish = try RequestWish(
            byHand: Fields(call.request, allowed: RequestWish.fieldsByHand), at: node.clock())
        let book = RightsBook(node, actor: call.actor)
        return .write { () throws(Problem) in
            let request = try book.orProblem { () throws(RightsBook.Failure) in
                try book.take(wish).request
            }
            return answer(201, ["request": encode(request, at: node.clock())])
        }
    }

    private static func list(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let query = try QueryParameters(call.request, allowed: ["state", "after", "max"])
        let isOpen = try query.isOpen()
        let last: RightsRequestID? = try query.after()
        let limit = try query.max(in: RightsBook.pageRange) ?? RightsBook.pageDefault
        let book = RightsBook(node, actor: call.actor)
        return .write { () throws(Problem) in
            let requests = try book.orProblem { () throws(RightsBook.Failure) in
                try book.list(after: last, isOpen: isOpen, limit: limit)
            }
            let now = node.clock()
            return answer(
                200,
                [
                    "requests": .array(requests.map { encode($0, at: now) }),
                    "next": requests.count == limit
                        ? requests.last.map { .string($0.id.text) } ?? .null : .null,
                ])
        }
    }

    private static func show(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let id = try id(call)
        let book = RightsBook(node, actor: call.actor)
        return .write { () throws(Problem) in
            let file = try book.orProblem { () throws(RightsBook.Failure) in try book.file(id) }
            return answer(200, encode(file, at: node.clock()))
        }
    }

    private static func step(
        _ call: Call,
        _ run:
            @escaping @Sendable (RightsBook, RightsRequestID, Remark) throws(RightsBook.Failure) ->
            RightsRequest
    ) throws(Problem) -> Work {
        let node = call.node
        let id = try id(call)
        let reason = try Fields(call.request, allowed: ["reason"]).remark("reason")
        let book = RightsBook(node, actor: call.actor)
        return .write { () throws(Problem) in
            let request = try book.orProblem { () throws(RightsBook.Failure) in
                try run(book, id, reason)
            }
            return answer(200, ["request": encode(request, at: node.clock())])
        }
    }

    private static func decide(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let id = try id(call)
        let wish = try DecisionWish(Fields(call.request, allowed: DecisionWish.fields))
        let book = RightsBook(node, actor: call.actor)
        return .write { () throws(Problem) in
            let request = try book.orProblem { () throws(RightsBook.Failure) in
                try book.decide(id, wish)
            }
            return answer(200, ["request": encode(request, at: node.clock())])
        }
    }

    private static func export(_ call: Call) throws(Problem) -> Work {
        let id = try id(call)
        let fields = try Fields(call.request, allowed: ["format"], mayBeEmpty: true)
        let format: RightsBook.ExportFormat =
            try fields.optionalText("format") == nil ? .json : try fields.choice("format")
        let book = RightsBook(call.node, actor: call.actor)
        return .write { () throws(Problem) in
            let bytes = try book.orProblem { () throws(RightsBook.Failure) in
                try book.export(id, as: format)
            }
            return Response(
                status: 200,
                headers: [
                    (
                        name: "Content-Type",
                        value: format == .json ? "application/json" : "text/csv; charset=utf-8"
                    ),
                    (name: "Cache-Control", value: "no-store"),
                    (
                        name: "Content-Disposition",
                        value: "attachment; filename=\"\(id.text).\(format.rawValue)\""
                    ),
                ], body: bytes)
        }
    }

    private static func id(_ call: Call) throws(Problem) -> RightsRequestID {
        guard let id = RightsRequestID(parsing: call.segments[0]) else { throw .notFound }
        return id
    }

    private static func account(_ call: Call) throws(Problem) -> AccountID {
        guard let id = AccountID(parsing: call.segments[0]) else { throw .unknownAccount }
        return id
    }
}

extension RightsBook {
    /// Runs a step for a request over HTTP.
    fileprivate func orProblem<Answer>(
        _ body: () throws(Failure) -> Answer
    ) throws(Problem) -> Answer {
        do throws(Failure) {
            return try body()
        } catch {
            switch error {
            case .unknownAccount: throw .unknownAccount
            case .notFound: throw Problem(.notFound, error.text)
            case .tooMany: throw Problem(.limitReached, error.text)
            case .refused(.reasonRequired):
                throw Problem(
                    .reasonRequired, error.text,
                    extra: [.init(name: "field", value: "reason")])
            case .refused(let refusal):
                throw Problem(
                    .requestState, error.text,
                    extra: [.init(name: "state", value: .string(refusal.rawValue))])
            case .conflict: throw Problem(.unavailable, error.text, retryAfterSeconds: 1)
            case .database(let error): throw node.problem(of: error)
            }
        }
    }
}

extension QueryParameters {
    /// `open` unless another state is asked for; `nil` for all.
    func isOpen() throws(Problem) -> Bool? {
        switch self["state"] {
        case nil, "open": return true
        case "decided": return false
        case "all": return nil
        default: throw .invalid(field: "state", expected: "open, decided or all")
        }
    }

    /// The last id of the page before.
    func after<Kind>() throws(Problem) -> OpaqueID<Kind>? {
        guard let text = self["after"] else { return nil }
        guard let id = OpaqueID<Kind>(parsing: text) else {
            throw .invalid(field: "after", expected: "the next of the page before")
        }
        return id
    }

    func max(in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = self["max"] else { return nil }
        guard let number = Int(text), String(number) == text, range.contains(number) else {
            throw .invalid(
                field: "max",
                expected: "a whole number, \(range.lowerBound) ... \(range.upperBound)")
        }
        return number
    }
}
