import Accounts
import HTTP
import Passwords
import Secrets
import Storage

/// Accounts and sessions: decode, call one use case, encode.
enum AccountEndpoints {
    static let routes: [Route] = [
        Route(method: "POST", template: "/v1/accounts", access: .application, answer: register),
        Route(method: "POST", template: "/v1/sessions", access: .application, answer: signIn),
        Route(
            method: "POST", template: "/v1/sessions/introspect", access: .application,
            answer: introspect),
        Route(
            method: "DELETE", template: "/v1/sessions/current", access: .session,
            takesRestricted: true, answer: signOut),
        Route(method: "GET", template: "/v1/account", access: .session, answer: show),
        Route(
            method: "PUT", template: "/v1/account/password", access: .session,
            takesRestricted: true, answer: changePassword),
        // Looks up an earlier answer before the session, which a closure has ended.
        Route(method: "POST", template: "/v1/account/closure", access: .anyone, answer: close),
    ]

    private static func register(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let fields = try Fields(
            call.request, allowed: ["email", "password", "display_name", "client"])
        let email = try emailAddress(fields.text("email"))
        let displayName = try fields.optionalText("display_name").map(displayName)
        let client = try ClientDescription(
            fields.optionalObject("client", allowed: ClientDescription.fields))
        let password = try node.newPassword(
            fields.text("password"), field: "password", email: email.spelling,
            displayName: displayName?.text, for: call.request)
        let idempotency = try Idempotency(
            node, call.request, caller: Digest.sha256(of: Array(call.application.utf8)),
            route: "POST /v1/accounts", content: fields.content(without: secretFields))
        if let known = try idempotency?.answered() {
            return .done(try registeredAgain(node, known))
        }
        let registration = Registration(
            node: node, application: call.application, email: email, displayName: displayName,
            password: password, source: client.address, idempotency: idempotency?.name)
        try registration.checkAvailability()
        let begin: @Sendable () throws(Problem) -> HashingWork.Begun = {
            .hash { arena in
                let phc = node.hashed(password, in: &arena)
                return { () throws(Problem) in try registered(registration, try phc.get()) }
            }
        }
        return .hash(
            HashingWork(hashes: 1, client: .stranger) { () throws(Problem) in
                guard let idempotency else { return try begin() }
                return try idempotency.once(
                    again: { id throws(Problem) in try registeredAgain(node, id) }, begin: begin)
            })
    }

    /// Fields that are left out wherever a request is compared with another.
    private static let secretFields: Set<String> = ["password", "device_token"]

    private static func registered(
        _ registration: Registration, _ phc: PHCString
    ) throws(Problem) -> Response {
        let made = try registration.register(phc)
        let shown = account(
            made.id, made.state, made.createdAt, email: registration.email.spelling,
            displayName: registration.displayName?.text)
        return answer(201, ["account": shown])
    }

    /// The first answer, built again from what is there now.
    private static func registeredAgain(
        _ node: Node, _ id: AccountID
    ) throws(Problem) -> Response {
        guard let found = try node.account(id) else { throw .notFound }
        return answer(201, ["account": account(found)])
    }

    private static func signIn(_ call: Call) throws(Problem) -> Work {
        let fields = try Fields(call.request, allowed: ["email", "password", "client"])
        let text = try fields.text("email")
        let client = try ClientDescription(
            fields.optionalObject("client", allowed: ClientDescription.fields))
        let proof = PasswordProof(
            node: call.node, application: call.application, identifier: Identifier.ofAttempt(text),
            client: client, password: HeldPassword(try fields.text("password")),
            thenHashes: .renewal)
        let admitted = try proof.admit()
        return .hash(
            HashingWork(
                hashes: 1, client: admitted.client, refused: { proof.giveBack(admitted) }
            ) { () throws(Problem) in
                try proof.begin(admitted) { proven throws(Problem) in
                    answer(201, encode(try SignIn(proof: proof).openSession(proven)))
                }
            })
    }

    private static func encode(_ signedIn: SignIn.SignedIn) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(
                name: "session",
                value: [
                    "token": .string(signedIn.sessionToken),
                    "expires_at": .string(signedIn.expiresAt.rfc3339()),
                ]),
            .init(name: "account", value: account(signedIn.account)),
        ]
        if let device = signedIn.device {
            members.append(
                .init(
                    name: "device",
                    value: [
                        "token": .string(device.token),
                        "expires_at": .string(device.expiresAt.rfc3339()),
                    ]))
        }
        members.append(
            .init(
                name: "password_change_required",
                value: .boolean(signedIn.mustChangePassword)))
        return .object(members)
    }

    private static func introspect(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let fields = try Fields(call.request, allowed: ["token"])
        guard let token = Token(parsing: try fields.text("token")),
            let session = try node.liveSession(token), !session.isRestricted
        else { return .done(answer(200, ["active": false])) }
        return .done(
            answer(
                200,
                [
                    "active": true,
                    "sub": .string(session.accountID.text),
                    "iat": .integer(session.createdAt.seconds),
                    "exp": .integer(node.expiry(of: session).seconds),
                ]))
    }

    private static func signOut(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let digest = try call.session().digest
        return .write { () throws(Problem) in
            guard try node.endSession(digest) else { throw .unauthorized }
            return Response(status: 204)
        }
    }

    private static func show(_ call: Call) throws(Problem) -> Work {
        guard let found = try call.node.account(call.session().accountID) else {
            throw .unauthorized
        }
        return .done(answer(200, ["account": account(found)]))
    }

    private static func changePassword(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let session = try call.session()
        let fields = try Fields(
            call.request, allowed: ["current_password", "new_password", "client"])
        let current = try fields.text("current_password")
        let (profile, identifier) = try owner(node, session)
        let newPassword = try node.newPassword(
            fields.text("new_password"), field: "new_password", email: profile.email,
            displayName: profile.displayName, for: call.request)
        let held = HeldPassword(current)
        // What must be changed is not changed by giving it again. Nothing is told that was not sent.
        if session.isRestricted, held?.isSame(as: newPassword) == true {
            throw .passwordUnchanged(field: "new_password", for: call.request)
        }
        let proof = PasswordProof(
            node: node, application: session.application, identifier: identifier,
            client: try ClientDescription(
                fields.optionalObject("client", allowed: ClientDescription.fields)),
            password: held, thenHashes: .replacement(newPassword))
        let change = PasswordChange(
            proof: proof, session: session, newPassword: newPassword)
        let admitted = try proof.admit()
        return .hash(
            HashingWork(
                hashes: 2, client: .owner(session.accountID),
                refused: { proof.giveBack(admitted) }
            ) { () throws(Problem) in
                try proof.begin(admitted) { proven throws(Problem) in
                    try change.replace(proven)
                    return Response(status: 204)
                }
            })
    }

    private static func close(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        guard let token = node.bearer(call.request), token.kind == .session else {
            throw .unauthorized
        }
        let fields = try Fields(call.request, allowed: ["password", "reason", "client"])
        let password = try fields.text("password")
        let reason = try closureReason(fields.optionalText("reason"))
        let client = try ClientDescription(
            fields.optionalObject("client", allowed: ClientDescription.fields))
        let idempotency = try Idempotency(
            node, call.request, caller: token.digest, route: "POST /v1/account/closure",
            content: fields.content(without: secretFields))
        if let known = try idempotency?.answered() { return .done(try closedAgain(node, known)) }
        guard let session = try node.liveSession(token) else { throw .unauthorized }
        let proof = PasswordProof(
            node: node, application: session.application,
            identifier: try owner(node, session).identifier, client: client,
            password: HeldPassword(password), thenHashes: .nothing)
        let admitted = try proof.admit()
        let closure = Closure(proof: proof, reason: reason, idempotency: idempotency?.name)
        let begin: @Sendable () throws(Problem) -> HashingWork.Begun = { () throws(Problem) in
            try proof.begin(admitted) { proven throws(Problem) in
                let (closedAt, kept) = try closure.close(proven)
                return closed(at: closedAt, keeping: kept)
            }
        }
        return .hash(
            HashingWork(
                hashes: 1, client: .owner(session.accountID),
                refused: { proof.giveBack(admitted) }
            ) { () throws(Problem) in
                guard let idempotency else { return try begin() }
                return try idempotency.once(
                    again: { id throws(Problem) in try closedAgain(node, id) },
                    otherwise: { proof.giveBack(admitted) }, begin: begin)
            })
    }

    private static func closedAgain(_ node: Node, _ id: AccountID) throws(Problem) -> Response {
        guard let found = try node.account(id), case .closed(let time) = found.state else {
            throw .notFound
        }
        return closed(at: time, keeping: try node.promised(of: id, closedAt: time))
    }

    /// When, and what is kept until when by which law.
    private static func closed(at time: Timestamp, keeping kept: [ClosurePlan.Kept]) -> Response {
        answer(
            200,
            [
                "closed_at": .string(time.rfc3339()),
                "retention": .array(
                    kept.map {
                        [
                            "category": .string($0.category.rawValue),
                            "basis": .string($0.basis),
                            "erase_after": .string($0.eraseAfter.rfc3339()),
                        ]
                    }),
            ])
    }

    /// The person behind a session, and how their attempts are counted.
    private static func owner(
        _ node: Node, _ session: SessionStore.Record
    ) throws(Problem) -> (profile: AccountStore.Profile, identifier: Identifier) {
        guard let profile = try node.account(session.accountID)?.profile else {
            throw .unauthorized
        }
        return (profile, Identifier.ofAttempt(profile.email))
    }
}
