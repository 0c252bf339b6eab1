import Accounts
import Incidents
import Testing

private func dossier(
    _ incident: Incident, _ findings: [Finding] = [found(.credentialStuffing, .critical)],
    affected: Int = 3, decided: [DossierField: String] = [:], controller: String = ""
) -> Dossier {
    let kept = findings.map { IncidentFinding($0) }
    return Dossier(
        .init(
            incident: incident, findings: kept, affected: affected,
            scope: AffectedScope(kept, isReported: incident.origin != .detected),
            measures: ["Argon2id"], controller: controller, contact: ""), decided: decided,
        at: start)
}

extension Dossier {
    fileprivate func item(_ id: String) throws -> Item {
        try #require(sections.flatMap(\.items).first { $0.id == id })
    }
}

/// An answer to every question.
private let answers: [DossierField: String] = [
    .controller: "Exemple SAS", .contact: "dpo@example.com", .nature: "confidentiality,integrity",
    .origin: "hacking", .cause: "external_malicious", .description: "Un bourrage.",
    .endedAt: "ongoing", .dataCategories: "contact,credentials", .sensitiveData: "no",
    .recordsCount: "12000", .peopleCategories: "users", .peopleCount: "3",
    .consequences: "Hameçonnage.", .severity: "significant", .measuresBefore: "Argon2id",
    .measuresAfter: "Sessions révoquées.", .peopleInformation: "Par courriel.",
    .processors: "Aucun", .crossBorder: "Non",
]

@Suite struct `A dossier` {
    @Test func `is whole while much of it is open, and says what is missing`() throws {
        let dossier = dossier(try opened(found(.credentialStuffing, .critical)))
        #expect(!dossier.isComplete)
        #expect(
            dossier.missing == [
                "controller", "contact", "ended_at", "cause", "sensitive_data", "records_count",
                "people_categories", "consequences", "severity", "measures_after",
                "authority_notified", "people_notified", "people_information", "processors",
                "cross_border",
            ])
        #expect(try dossier.item("nature").value == "Perte de confidentialité")
        #expect(try dossier.item("nature").from == .service)
        #expect(try dossier.item("people_count").value == "3")
        #expect(try dossier.item("suspected_at").value == "15/01/2027 à 08 h 00 min 00 s (UTC)")
        #expect(
            try dossier.item("notify_by").value
                == "18/01/2027 à 08 h 00 min 00 s (UTC), soit 72 heures")
        #expect(try dossier.item("discovered_by").value?.contains("bourrage") == true)
    }

    @Test func `is complete when every question has an answer`() throws {
        #expect(Set(answers.keys) == Set(DossierField.allCases))
        var incident = try opened()
        #expect(
            dossier(incident, decided: answers).missing == [
                "authority_notified", "people_notified",
            ])
        let late = start + .hours(80)
        try incident.take(.told(.authority, at: late), because: "panne", at: late)
        try incident.take(.waived(.people), because: "risque faible", at: late)
        let complete = dossier(incident, decided: answers)
        #expect(complete.isComplete)
        #expect(
            try complete.item("authority_notified").value
                == "Oui, le 18/01/2027 à 16 h 00 min 00 s (UTC) ; hors délai, motif : panne")
        #expect(try complete.item("people_notified").value == "Non, motif : risque faible")
        #expect(try complete.item("severity").value == "Importante")
        #expect(try complete.item("records_count").value == "12\u{202F}000")
        #expect(try complete.item("ended_at").value == "La violation est toujours en cours")
        #expect(try complete.item("severity").from == .person)
    }

    @Test func `lets a person overrule what the service says`() throws {
        let incident = try opened()
        #expect(
            try dossier(incident, decided: [.peopleCount: "9"]).item("people_count").value == "9")
        let named = dossier(incident, decided: [.controller: "Autre"], controller: "Exemple SAS")
        #expect(try named.item("controller").value == "Autre")
        #expect(
            try dossier(incident, controller: "Exemple SAS").item("controller").from == .service)
    }

    @Test func `of a false alarm tells nobody, and why`() throws {
        var incident = try opened()
        try incident.take(.dismissed, because: "test interne", at: start)
        let dossier = dossier(incident)
        #expect(
            try dossier.item("authority_notified").value == "Non, alerte écartée : test interne")
        #expect(try dossier.item("people_information").from == .service)
    }

    @Test func `of a report knows what was reported, and guesses nothing`() throws {
        let incident = try Incident(
            reported: "Une copie", processor: "Hébergeur", since: start,
            id: IncidentID(bytes: [UInt8](repeating: 2, count: 16)), limit: .gdpr,
            start: .suspicion, at: start)
        let dossier = dossier(incident, [], affected: 0)
        #expect(try dossier.item("processors").value == "Hébergeur")
        #expect(try dossier.item("description").value == "Une copie")
        for open in ["nature", "origin", "data_categories", "people_count"] {
            #expect(try dossier.item(open).from == .open, "\(open)")
        }
    }

    @Test func `names the first twenty findings and counts the rest`() throws {
        let findings = (0..<25).map { found(.bruteForce, .critical, .account(account($0))) }
        let text = try #require(
            try dossier(try opened(), findings).item("description").value)
        #expect(text.split(separator: "\n").count == 21)
        #expect(text.hasSuffix("– et 5 autres constats"))
    }
}

@Suite struct `An answer in a dossier` {
    @Test(
        arguments: [
            (.severity, "Importante", "significant"), (.severity, " négligeable ", "negligible"),
            (.nature, "integrity, confidentiality", "confidentiality,integrity"),
            (.nature, "Perte d’intégrité", "integrity"), (.sensitiveData, "OUI", "yes"),
            (.peopleCount, "0", "0"), (.peopleCount, "1000000000", "1000000000"),
            (.peopleCount, "007", "7"), (.endedAt, "ongoing", "ongoing"),
            (.endedAt, "2026-11-22T23:00:00+01:00", "2026-11-22T22:00:00Z"),
            (.consequences, "  deux\nlignes ", "deux\nlignes"),
        ] as [(DossierField, String, String)])
    func `is kept in one spelling`(field: DossierField, text: String, kept: String) {
        #expect(field.value(parsing: text) == kept)
        #expect(field.value(parsing: kept) == kept)
    }

    @Test(
        arguments: [
            (.severity, ""), (.severity, "grave"), (.severity, "limited,maximal"), (.nature, ""),
            (.nature, "confidentiality,"), (.nature, "integrity,integrity,integrity,integrity"),
            (.peopleCount, "-1"), (.peopleCount, "1000000001"), (.peopleCount, "12 000"),
            (.peopleCount, "1e3"), (.endedAt, "hier"), (.endedAt, "2026-02-30T00:00:00Z"),
            (.consequences, " \n "), (.consequences, "a\u{0}b"), (.consequences, "a\u{1B}[2J"),
        ] as [(DossierField, String)])
    func `is refused where it says something else`(field: DossierField, text: String) {
        #expect(field.value(parsing: text) == nil)
    }

    @Test func `is at most 4 000 characters`() {
        let most = String(repeating: "é", count: 4_000)
        #expect(DossierField.consequences.value(parsing: most) == most)
        #expect(DossierField.consequences.value(parsing: most + "é") == nil)
    }
}

@Suite struct `The accounts that an incident concerns` {
    private func scope(_ findings: Finding..., isReported: Bool = false) -> AffectedScope {
        AffectedScope(findings.map { IncidentFinding($0) }, isReported: isReported)
    }

    @Test func `are everybody after a near-proof`() {
        #expect(scope(found(.canary, .critical, .account(account(1)))).isEverybody)
        #expect(scope(found(.auditTampering, .critical, .auditLog)).isEverybody)
    }

    @Test func `are the account itself, or who was signed in to from the source`() throws {
        let both = scope(
            found(.bruteForce, .critical, .account(account(1))),
            found(.credentialStuffing, .critical, .source(home.narrow), to: start + .hours(1)))
        #expect(both.accounts == [account(1)] && !both.isEverybody && !both.isOpenEnded)
        let end = start + .hours(25)
        #expect(both.holds(source: "203.0.113.7", at: start))
        #expect(both.holds(source: "203.0.113.7", at: end))
        #expect(!both.holds(source: "203.0.113.7", at: start - .microseconds(1)))
        #expect(!both.holds(source: "203.0.113.7", at: end + .microseconds(1)))
        #expect(!both.holds(source: "203.0.113.8", at: start))
        // A closed account's row names the network only.
        #expect(both.holds(source: "203.0.113.0/24", at: start))
        #expect(!both.holds(source: "", at: start))
        #expect(!both.holds(source: "198.51.100.0/24", at: start))
    }

    @Test func `cannot all be named for one password, everywhere, or a report`() {
        let sprayed = scope(found(.passwordSpraying, .high, succeeded: 4))
        #expect(sprayed.isOpenEnded && sprayed.unlisted == 4)
        #expect(scope(found(.distributedGuessing, .high, .source(.everywhere))).isOpenEnded)
        #expect(scope(found(.credentialStuffing, .high, .source(home.broad))).isOpenEnded)
        #expect(scope(isReported: true).isOpenEnded)
    }
}
