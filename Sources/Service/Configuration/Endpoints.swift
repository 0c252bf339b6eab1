import HTTP
import Outbound
import Storage

/// A place that people's data goes to, and what is known of where it is.
package struct ConfiguredEndpoint: Sendable {
    /// What a person calls it.
    package let name: String
    /// The setting that declares its region.
    package let setting: String
    package let declaration: RegionDeclaration
    /// Whether the data does not leave this machine: its region is then the machine's.
    package let isHere: Bool
    /// Whether it must be declared although it is here.
    private let mustBeDeclared: Bool

    fileprivate init(
        _ name: String, _ setting: String, _ declaration: RegionDeclaration, isHere: Bool = false,
        mustBeDeclared: Bool = true
    ) {
        self.name = name
        self.setting = setting
        self.declaration = declaration
        self.isHere = isHere
        self.mustBeDeclared = mustBeDeclared
    }

    package enum Standing: Equatable, Sendable {
        case inUnion(Region)
        /// Outside, or nobody knows where, and allowed for a reason.
        case allowed(Region?, reason: String)
        /// Nothing leaves this machine and nobody reaches it from elsewhere: a trial.
        case trial
        case refused(String)
    }

    package var standing: Standing {
        switch (declaration.region, declaration.reason) {
        case (let region?, _) where region.isInUnion: return .inUnion(region)
        case (let region, let reason?): return .allowed(region, reason: reason)
        case (let region?, nil):
            return .refused(
                "\(setting): \(region.code) is not in the European Union, where people were told their "
                    + "data stays; if \(name) may be there all the same, say why in \(setting)_reason"
            )
        case (nil, nil) where !mustBeDeclared: return .trial
        case (nil, nil):
            return .refused(
                "\(setting): not declared; say in which country \(name) is, as \"FR\" (ISO 3166-1)")
        }
    }

    /// Where it is, in words.
    package var text: String {
        switch standing {
        case .inUnion(let region): "\(region.code), in the European Union"
        case .allowed(let region, let reason):
            "\(region?.code ?? "unknown"), outside the European Union; allowed: \(reason)"
        case .trial:
            "not declared; \(setting) must be before anybody reaches this from another machine"
        case .refused(let reason): reason
        }
    }
}

extension Configuration {
    /// Every place that this configuration names, this machine first.
    package var endpoints: [ConfiguredEndpoint] {
        let elsewhere = remoteEndpoints
        // Nobody comes from elsewhere and nothing goes there: the first steps on a fresh machine.
        let isTrial = isLoopback(listen) && elsewhere.isEmpty
        let host = ConfiguredEndpoint(
            "this machine", "region", regions.host, isHere: true, mustBeDeclared: !isTrial)
        return [host] + elsewhere
    }

    /// What is on this machine has its region: SQLite, a Unix socket, a loopback address. A region of
    /// its own may be declared all the same: behind a loopback address may stand a tunnel.
    private var remoteEndpoints: [ConfiguredEndpoint] {
        var endpoints: [ConfiguredEndpoint] = []
        let add = {
            (name: String, setting: String, declaration: RegionDeclaration, isHere: Bool) in
            guard !isHere || declaration != RegionDeclaration() else { return }
            endpoints.append(ConfiguredEndpoint(name, setting, declaration))
        }
        add("the database", "storage_region", regions.storage, isStorageHere)
        // A path of this machine, until it is said that something else is mounted there.
        add("the backup", "backup.region", regions.backup, true)
        if let webhook = sinks.webhook {
            add(
                "the webhook's receiver", "sinks.webhook.region", regions.webhook,
                webhook.place.isThisMachine)
        }
        if let amqp = sinks.amqp {
            add("the broker", "sinks.amqp.region", regions.amqp, amqp.place.isThisMachine)
        }
        if let server = mail.server {
            add("the mail server", "mail.region", regions.mail, server.isThisMachine)
        }
        return endpoints
    }

    private var isStorageHere: Bool {
        do {
            return try DatabaseLocation(parsing: storage, defaultPath: "").isThisMachine
        } catch {
            // Refused with its own reason when it is opened.
            return true
        }
    }

    /// - Throws: for the first endpoint that may not be used, naming its setting.
    func checkRegions() throws(StartError) {
        for endpoint in endpoints {
            if case .refused(let reason) = endpoint.standing { throw .configuration(reason) }
        }
    }
}

private func isLoopback(_ listen: String) -> Bool {
    do {
        return try ListenAddress(parsing: listen).isLoopback
    } catch {
        return false
    }
}
