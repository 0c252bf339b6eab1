import Accounts
import HTTP
import Passwords
import Storage

/// Links: asked for, and opened.
enum RecoveryEndpoints {
    static let routes: [Route] = [
        Route(
            method: "POST", template: "/v1/password-resets", access: .application,
            answer: askReset),
        Route(
            method: "POST", template: "/v1/password-resets/complete", access: .application,
            answer: completeReset),
        Route(
            method: "POST", template: "/v1/email-verifications", access: .session,
            answer: askVerification),
        Route(
            method: "POST", template: "/v1/email-verifications/complete", access: .application,
            answer: completeVerification),
        Route(
            method: "PUT", template: "/v1/account/email", access: .session, answer: changeAddress),
    ]

    private static func askReset(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let fields = try Fields(call.request, allowed: ["email", "client"])
        let text = try fields.text("email")
        let client = try client(fields)
        try mayLink(node)
        _ = try node.admitRecovery(client, application: call.application)
        let request = PasswordResetRequest(
            node: node, identifier: Identifier.ofAttempt(text))
        return .write { () throws(Problem) in accepted(try request.ask()) }
    }

    private static func completeReset(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let fields = try Fields(call.request, allowed: ["token", "new_password", "client"])
        let text = try fields.text("token")
        let password = try fields.text("new_password")
        let client = try client(fields)
        let reservation = try node.admitRecovery(client, application: call.application)
        guard let token = Token(parsing: text), token.kind == .passwordReset else {
            throw .invalidToken
        }
        let owner = try PasswordReset.owner(of: token, node)
        node.giveBackRecovery(reservation)
        let held = try node.newPassword(
            password, field: "new_password", email: owner.profile?.email,
            displayName: owner.profile?.displayName, for: call.request)
        let reset = PasswordReset(
            node: node, application: call.application, token: token, newPassword: held,
            client: client)
        return .hash(
            HashingWork(hashes: 1, client: .owner(owner.id)) {
                .hash { arena in
                    let phc = node.hashed(held, in: &arena)
                    return { () throws(Problem) in
                        try reset.complete(try phc.get())
                        return Response(status: 204)
                    }
                }
            })
    }

    private static func askVerification(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let session = try call.session()
        _ = try Fields(call.request, allowed: [], mayBeEmpty: true)
        try mayLink(node)
        let request = EmailVerificationRequest(node: node, session: session)
        return .write { () throws(Problem) in accepted(try request.ask()) }
    }

    private static func completeVerification(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let fields = try Fields(call.request, allowed: ["token", "client"])
        let text = try fields.text("token")
        let client = try client(fields)
        let reservation = try node.admitRecovery(client, application: call.application)
        guard let token = Token(parsing: text), token.kind == .emailVerification else {
            throw .invalidToken
        }
        return .write { () throws(Problem) in
            let changed = try MailboxProof(node: node, token: token).act()
            node.giveBackRecovery(reservation)
            return answer(200, ["account": account(changed)])
        }
    }

    private static func changeAddress(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let session = try call.session()
        let fields = try Fields(call.request, allowed: ["email", "password", "client"])
        let email = try emailAddress(fields.text("email"))
        let password = try fields.text("password")
        let client = try client(fields)
        try mayLink(node)
        guard let present = try node.account(session.accountID)?.profile?.email else {
            throw .unauthorized
        }
        guard !present.utf8.elementsEqual(email.spelling.utf8) else {
            throw .invalid(field: "email", expected: "another address than the present one")
        }
        let proof = PasswordProof(
            node: node, application: session.application,
            identifier: Identifier.ofAttempt(present), client: client,
            password: HeldPassword(password), thenHashes: .nothing)
        let admitted = try proof.admit()
        let change = AddressChange(proof: proof, email: email)
        return .hash(
            HashingWork(
                hashes: 1, client: .owner(session.accountID),
                refused: { proof.giveBack(admitted) }
            ) { () throws(Problem) in
                try proof.begin(admitted) { proven throws(Problem) in
                    accepted(try change.ask(proven))
                }
            })
    }

    private static func client(_ fields: Fields) throws(Problem) -> ClientDescription {
        try ClientDescription(
            fields.optionalObject("client", allowed: ClientDescription.fields))
    }

    private static func mayLink(_ node: Node) throws(Problem) {
        if node.notices.links == nil { throw .mailNotConfigured }
    }
}

/// 202: what becomes of it is the mailbox's to say. With the token, where the application sends it.
func accepted(_ handed: LinkRequest.Handed? = nil) -> Response {
    guard let handed else { return answer(202, .object([])) }
    return answer(
        202,
        [
            "token": .string(handed.token), "expires_at": .string(handed.expiresAt.rfc3339()),
        ])
}
