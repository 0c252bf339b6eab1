import Accounts
import Foundation
import Outbound
import Secrets
import Service
import Storage
import Testing

private let registered = "loquet.account.registered.v1"
private let changed = "loquet.account.password_changed.v1"

extension RunningService {
    /// A service whose webhook is this receiver.
    fileprivate convenience init(
        to receiver: WebhookReceiver, host: String = "127.0.0.1",
        _ change: (inout Configuration) -> Void = { _ in }
    ) throws {
        var sinks = Configuration()
        try receiver.configure(&sinks, host: host)
        try self.init {
            $0.sinks = sinks.sinks
            change(&$0)
        }
    }

    /// `state` of the webhook's deliveries in the order of the queue.
    fileprivate func states(_ sink: String = "webhook") throws -> [String] {
        try texts("SELECT state FROM delivery WHERE sink = \(sink) ORDER BY sequence")
    }

    fileprivate func publicKeys() throws -> [[UInt8]] {
        let records = try database.read { reader throws(DatabaseError) in try KeyStore.all(reader) }
        let keys = try WebhookKeys(KeyDirectory(dataDirectory: dataPath), records: records)
        return try keys.publicKeys().map { key in
            try #require(key.text.hasPrefix("whpk_"))
            return Array(try #require(Data(base64Encoded: String(key.text.dropFirst(5)))))
        }
    }
}

@Suite struct `The webhook` {
    @Test func `is posted each event once, signed`() throws {
        let receiver = try WebhookReceiver()
        let service = try RunningService(to: receiver)
        try service.register()
        _ = try eventually { try service.states() == ["done"] ? true : nil }
        try #require(receiver.posts.count == 1)
        let post = receiver.posts[0]
        #expect(try service.texts("SELECT id FROM event") == [post.id])
        #expect(post.path == "/hook")
        #expect(post.contentType == "application/cloudevents+json; charset=utf-8")
        #expect(post.timestamp == String(service.now.seconds))
        let body = String(decoding: post.body, as: UTF8.self)
        #expect(body.contains("\"id\":\"\(post.id)\"") && body.contains(registered))
        try #require(post.signatures.count == 1)
        let parts = post.signatures[0].split(separator: ",", maxSplits: 1)
        #expect(parts[0] == "v1a")
        let signature = Array(try #require(Data(base64Encoded: String(parts[1]))))
        let message = Array("\(post.id).\(post.timestamp).".utf8) + post.body
        #expect(Ed25519.verifies(signature, of: message, by: try service.publicKeys()[0]))
        #expect(try service.metric("loquet_deliveries_total") == 2)
        #expect(try service.states("pull") == ["ready"])
    }

    @Test func `is signed twice while keys change over`() throws {
        let receiver = try WebhookReceiver()
        let service = try RunningService(to: receiver)
        let keys = KeyRotation(service.database, dataDirectory: service.dataPath, actor: "cli:0")
        let new = try keys.add(purpose: "webhook-signing").id
        #expect(throws: StartError.self) { try keys.add(purpose: "webhook-signing") }
        let old = try #require(
            try keys.list().first { $0.purpose == "webhook-signing" && $0.isCurrent }?.id)
        let second = try service.restarted()
        try second.register()
        let both = try eventually { receiver.posts.first }
        try #require(both.signatures.count == 2)
        let message = Array("\(both.id).\(both.timestamp).".utf8) + both.body
        for (signature, key) in zip(both.signatures, try second.publicKeys()) {
            let bytes = Array(try #require(Data(base64Encoded: String(signature.dropFirst(4)))))
            #expect(Ed25519.verifies(bytes, of: message, by: key))
        }
        let later = KeyRotation(second.database, dataDirectory: second.dataPath, actor: "cli:0")
        #expect(throws: StartError.self) { try later.retire(id: old) }
        try later.use(id: new)
        #expect(try later.retire(id: old))
        #expect(try second.publicKeys().count == 1)
        let third = try second.restarted()
        try third.register(Person(email: "bob@example.com"))
        let last = try eventually { receiver.posts.count == 2 ? receiver.posts[1] : nil }
        #expect(last.signatures.count == 1)
    }

    @Test func `needs a key, and says how to make one`() throws {
        let receiver = try WebhookReceiver()
        let service = try RunningService()
        service.stop()
        let other = try SQLiteDatabase(
            path: service.dataPath + "/loquet.sqlite", onFatal: { fatalError($0) })
        _ = try other.transaction { transaction throws(DatabaseError) in
            try transaction.execute("DELETE FROM service_key WHERE purpose = 'webhook-signing'")
        }
        other.close()
        // Without the sink it is not missed.
        let without = try service.restarted()
        var sinks = Configuration()
        try receiver.configure(&sinks)
        let error = #expect(throws: StartError.self) {
            try without.restarted { $0.sinks = sinks.sinks }
        }
        #expect(error?.text.contains("loquet keys add webhook-signing") == true)
    }

    @Test func `does not hold up others with an event that is refused`() throws {
        let receiver = try WebhookReceiver()
        receiver.answer(422, of: registered)
        let service = try RunningService(to: receiver)
        let session = try service.member()
        #expect(try service.changePassword(session.token, "Abcdef1!", to: "Ghijkl2?").status == 204)
        _ = try eventually { try service.states() == ["ready", "done"] ? true : nil }
        #expect(
            try service.texts(
                "SELECT last_error FROM delivery WHERE state = 'ready' AND sink = 'webhook'")
                == ["the endpoint answered 422"])
        receiver.answer(204, of: registered)
        service.advance(.seconds(2))
        _ = try eventually { try service.states() == ["done", "done"] ? true : nil }
        #expect(receiver.posts.filter { $0.id == receiver.posts[0].id }.count == 2)
    }

    @Test(arguments: [301, 307, 408, 429, 500, 503])
    func `is left alone for a while when it does not take events`(status: Int) throws {
        let receiver = try WebhookReceiver()
        receiver.answer(status, headers: [("Location", "https://127.0.0.1:\(receiver.port)/other")])
        let service = try RunningService(to: receiver)
        try service.register()
        try service.register(Person(email: "bob@example.com"))
        let reason = try eventually {
            try service.texts("SELECT last_error FROM delivery WHERE last_error IS NOT NULL").first
        }
        #expect(reason == "the endpoint answered \(status)")
        // Once: the clock stands still, and a redirect is not followed.
        #expect(receiver.posts.count == 1 && receiver.posts[0].path == "/hook")
        receiver.answer(200)
        service.advance(.seconds(2))
        _ = try eventually { try service.states() == ["done", "done"] ? true : nil }
        #expect(
            try service.number(
                "SELECT attempts FROM delivery WHERE sink = 'webhook' ORDER BY sequence DESC LIMIT 1"
            ) == 1)
    }

    @Test func `is left alone as long as it asks for`() throws {
        let receiver = try WebhookReceiver()
        receiver.answer(429, headers: [("Retry-After", "600")])
        let service = try RunningService(to: receiver)
        try service.register()
        let earliest = try eventually {
            try service.texts(
                "SELECT CAST(not_before_us AS TEXT) FROM delivery WHERE last_error IS NOT NULL"
            ).first
        }
        #expect(earliest == String((service.now + .seconds(600)).microseconds))
    }

    @Test func `is paused by 410 until somebody resumes it`() throws {
        let receiver = try WebhookReceiver()
        receiver.answer(410)
        let service = try RunningService(to: receiver)
        try service.register()
        let reason = try eventually { try service.texts("SELECT pause_reason FROM sink").first }
        #expect(reason == "the endpoint answered 410 Gone")
        // Not an attempt that counts.
        #expect(
            try service.texts("SELECT state FROM delivery WHERE sink = 'webhook' AND attempts = 0")
                == ["ready"])
        #expect(
            try service.texts("SELECT action FROM audit WHERE actor = 'service'") == ["sink.paused"]
        )
        receiver.answer(204)
        let path = "/v1/admin/incident-queue/webhook/resume"
        #expect(try service.call("POST", path, key: service.keys.adminKey).status == 204)
        _ = try eventually { try service.states() == ["done"] ? true : nil }
        #expect(receiver.posts.count == 2)
    }

    @Test func `is not connected to at an address that is not allowed`() throws {
        let receiver = try WebhookReceiver()
        let service = try RunningService(to: receiver, host: "localhost") {
            $0.sinks.webhookExceptions = []
        }
        try service.register()
        let reason = try eventually {
            try service.texts("SELECT last_error FROM delivery WHERE last_error IS NOT NULL").first
        }
        #expect(reason == "the host's address is not public, and is not allowed")
        #expect(receiver.posts.isEmpty)
    }

    @Test func `is refused at start when its address can never be allowed`() throws {
        let receiver = try WebhookReceiver()
        let error = #expect(throws: StartError.self) {
            try RunningService(to: receiver) { $0.sinks.webhookExceptions = [] }
        }
        #expect(error?.text.contains("sinks.webhook.allow_private") == true)
    }

    @Test func `is given nothing when nobody vouches for it`() throws {
        let receiver = try WebhookReceiver()
        let service = try RunningService(to: receiver) { $0.sinks.webhookAuthorities = nil }
        try service.register()
        let reason = try eventually {
            try service.texts("SELECT last_error FROM delivery WHERE last_error IS NOT NULL").first
        }
        #expect(reason.contains("certificate"))
        #expect(receiver.posts.isEmpty)
    }

    @Test func `may answer at any length`() throws {
        let receiver = try WebhookReceiver()
        receiver.answer(200, replyBytes: 1_000_000)
        let service = try RunningService(to: receiver)
        try service.register()
        try service.register(Person(email: "bob@example.com"))
        _ = try eventually { try service.states() == ["done", "done"] ? true : nil }
        #expect(receiver.posts.count == 2)
    }
}
