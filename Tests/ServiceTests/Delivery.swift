import Foundation
import Service
import Testing

/// One leased event, as a consumer reads it.
struct Delivery: Sendable {
    let token: String
    let attempt: Int
    let event: CloudEvent

    struct CloudEvent: Decodable, Sendable {
        let specversion: String
        let id: String
        let source: String
        let type: String
        let subject: String
        let time: String
        let severitynumber: Int
        let sequence: String
        let data: Data

        struct Data: Decodable, Sendable {
            let classUID: Int
            let typeUID: Int
            let count: Int?
            let message: String
            let isSuspectedBreach: Bool?

            enum CodingKeys: String, CodingKey {
                case count, message
                case classUID = "class_uid"
                case typeUID = "type_uid"
                case isSuspectedBreach = "is_suspected_breach"
            }
        }
    }

    private struct Body: Decodable {
        struct Item: Decodable {
            let lease_token: String
            let attempt: Int
            let event: CloudEvent
        }

        let deliveries: [Item]
    }

    static func all(in answer: Answer) throws -> [Delivery] {
        try #require(answer.status == 200, "\(answer.text)")
        return try JSONDecoder().decode(Body.self, from: Foundation.Data(answer.body)).deliveries
            .map { Delivery(token: $0.lease_token, attempt: $0.attempt, event: $0.event) }
    }
}

extension RunningService {
    func lease(max: Int? = nil, seconds: Int? = nil) throws -> [Delivery] {
        var members: [String] = []
        if let max { members.append("\"max\":\(max)") }
        if let seconds { members.append("\"lease_seconds\":\(seconds)") }
        return try Delivery.all(
            in: call(
                "POST", "/v1/admin/incident-queue/pull/lease", key: keys.adminKey,
                raw: Array("{\(members.joined(separator: ","))}".utf8),
                headers: ["Content-Type: application/json"]))
    }

    func settle(_ verb: String, _ tokens: [String]) throws -> Answer {
        try call(
            "POST", "/v1/admin/incident-queue/pull/\(verb)", key: keys.adminKey,
            ["lease_tokens": .array(tokens.map { .string($0) })])
    }
}
