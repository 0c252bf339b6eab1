import Accounts
import Incidents
import Service
import Storage
import Testing

extension RunningService {
    fileprivate func note(_ id: String, _ body: JSONValue) throws -> Answer {
        try call("PATCH", "/v1/admin/incidents/\(id)/dossier", key: keys.adminKey, body)
    }
}

@Suite struct `The dossier of an incident` {
    @Test func `is filled in by the service, then by people`() throws {
        let service = try RunningService {
            $0.incidents.controller = "Exemple SAS"
            $0.incidents.contact = "dpo@example.com"
        }
        let id = try service.stealFromDecoy()
        let draft = try service.get("/\(id)/dossier").json
        #expect(draft["kind"] == "draft" && draft["version"] == .null)
        #expect(draft["complete"] == false)
        #expect(!draft.text.contains("Exemple SAS\",\"from\":\"person"))
        #expect(draft.text.contains("Exemple SAS"))
        #expect(draft.text.contains("Argon2id (32 Kio, 1 passes)"))
        #expect(draft["missing"]?.array.contains("severity") == true)
        let noted = try service.note(id, ["severity": "Maximale", "cause": "unknown"])
        #expect(noted.status == 200)
        #expect(noted.json["missing"]?.array.contains("severity") == false)
        #expect(noted.json.text.contains("Maximale"))
        #expect(
            try service.note(id, ["severity": .null]).json["missing"]?.array.contains("severity")
                == true)
        #expect(try service.note(id, ["severity": "huge"]).field == "severity")
        #expect(try service.note(id, ["people_count": 3]).field == "people_count")
        #expect(try service.note(id, ["sevrity": "limited"]).field == "sevrity")
    }

    @Test func `keeps each version as it was`() throws {
        let service = try RunningService()
        let id = try service.report()
        _ = try service.post("/\(id)/notified", ["audience": "authority"])
        let first = try service.get("/\(id)/dossier-versions/1")
        #expect(first.json["kind"] == "initial" && first.json["version"] == 1)
        service.advance(.hours(1))
        _ = try service.note(id, ["cause": "unknown"])
        let saved = try service.call(
            "POST", "/v1/admin/incidents/\(id)/dossier-versions", key: service.keys.adminKey)
        #expect(saved.status == 201 && saved.json["kind"] == "complementary")
        #expect(try service.get("/\(id)/dossier-versions/1").body == first.body)
        let second = try service.get("/\(id)/dossier-versions/2").json
        #expect(first.json["missing"]?.array.contains("cause") == true)
        #expect(second["missing"]?.array.contains("cause") == false)
        let versions = try service.get("/\(id)/dossier-versions").json["versions"]?.array
        #expect(versions?.map { $0["version"] } == [1, 2])
        for path in ["3", "0", "-1", "x"] {
            #expect(try service.get("/\(id)/dossier-versions/\(path)").status == 404)
        }
    }

    @Test func `is a page in French that needs nothing and escapes what people wrote`() throws {
        let service = try RunningService()
        let id = try service.report(processor: "<b>Host</b> & Cie")
        _ = try service.note(id, ["consequences": "<script>alert(1)</script>\nune \"suite\""])
        let page = try service.get("/\(id)/dossier", accept: "text/html")
        #expect(page.header("Content-Type") == "text/html; charset=utf-8")
        #expect(page.text.hasPrefix("<!DOCTYPE html>\n<html lang=\"fr\">"))
        #expect(
            page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;<br>une &quot;suite&quot;"))
        #expect(page.text.contains("&lt;b&gt;Host&lt;/b&gt; &amp; Cie"))
        #expect(page.text.contains("à compléter"))
        for word in ["<script", "http:", "https:", "src=", "url("] {
            #expect(!page.text.contains(word), "\(word)")
        }
        let programs = try service.get("/\(id)/dossier", accept: "text/html, */*")
        #expect(programs.header("Content-Type") == "application/json")
    }
}

extension JSONValue {
    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}
