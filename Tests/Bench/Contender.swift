import Service
import Threads

/// One way of storing, and the people whose sessions are there.
struct Contender: Sendable {
    /// A registered account with a session.
    struct Person: Sendable {
        let email: String
        let token: String
        /// As applications are told to: the one of the first sign-in is shown at every later one.
        let device: String
    }

    let name: String
    let appKey: String
    /// Of the nodes that share the load: client 0 asks the first, client 1 the second, and so on.
    let ports: [UInt16]
    /// Of each client its own, so that no two wait for the same account.
    let people: [[Person]]

    private static let peoplePerClient = 8
    private static let password = "Un-Cheval-1815"

    /// Registers everybody and signs them in.
    init(name: String, appKey: String, ports: [UInt16], clients: Int) throws {
        self.name = name
        (self.appKey, self.ports) = (appKey, Array(ports.prefix(1)))
        people = try inParallel(clients) { client in
            let connection = try Connection(port: ports[0], key: appKey)
            return try (0..<Self.peoplePerClient).map { number in
                let email = "person-\(client)-\(number)@example.com"
                let body = Self.login(email, client: client, count: number)
                _ = try connection.post("/v1/accounts", body, expecting: 201)
                let answer = try connection.post("/v1/sessions", body, expecting: 201)
                let value = try JSONReader.read(Array(answer.utf8))
                guard case .string(let token)? = value["session"]?["token"],
                    case .string(let device)? = value["device"]?["token"]
                else { throw BenchError(text: "a login answered without a token") }
                return Person(email: email, token: token, device: device)
            }
        }
    }

    /// The same store, asked through other nodes of it.
    init(name: String, like other: Contender, ports: [UInt16]) {
        (self.name, self.appKey, self.ports) = (name, other.appKey, ports)
        people = other.people
    }

    /// Asks for as long as told, on one kept connection a client.
    func run(_ load: Load, for duration: Duration) throws -> Slot {
        let begin = ContinuousClock.now
        let end = begin + duration
        let latencies = try inParallel(people.count) { client in
            let connection = try Connection(port: ports[client % ports.count], key: appKey)
            var latencies: [Duration] = []
            var before = ContinuousClock.now
            while before < end {
                let people = people[client]
                try ask(
                    load, connection, people[latencies.count % people.count], client,
                    latencies.count)
                let after = ContinuousClock.now
                latencies.append(after - before)
                before = after
            }
            return latencies
        }
        return Slot(elapsed: ContinuousClock.now - begin, latencies: latencies.flatMap { $0 })
    }

    private func ask(
        _ load: Load, _ connection: Connection, _ person: Person, _ client: Int, _ count: Int
    ) throws {
        switch load {
        case .introspection:
            let answer = try connection.post(
                "/v1/sessions/introspect", "{\"token\":\"\(person.token)\"}", expecting: 200)
            guard answer.contains("\"active\":true") else {
                throw BenchError(text: "a live session is not active: \(answer)")
            }
        case .login:
            _ = try connection.post(
                "/v1/sessions",
                Self.login(person.email, device: person.device, client: client, count: count),
                expecting: 201)
        }
    }

    /// From changing addresses, so that no budget of failures is ever in question.
    private static func login(
        _ email: String, device: String? = nil, client: Int, count: Int
    ) -> String {
        let address = "10.\(client).\(count / 250 % 250).\(count % 250 + 1)"
        let token = device.map { ",\"device_token\":\"\($0)\"" } ?? ""
        return """
            {"email":"\(email)","password":"\(password)","client":{"ip":"\(address)"\(token)}}
            """
    }
}

/// Runs `body` on `count` threads at once; the answers stand in the order of their numbers.
///
/// - Throws: the first error in that order.
func inParallel<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Value
) throws -> [Value] {
    let results = Guarded<[Int: Result<Value, any Error>]>([:])
    let threads = (0..<count).map { index in
        NamedThread("client-\(index)") {
            let result = Result { try body(index) }
            results.withLock { $0[index] = result }
        }
    }
    for thread in threads { thread.join() }
    let all = results.withLock { $0 }
    return try (0..<count).compactMap { index in try all[index]?.get() }
}
