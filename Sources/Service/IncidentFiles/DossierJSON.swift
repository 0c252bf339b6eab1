import Accounts
package import Incidents

extension Dossier {
    /// As it is saved, and shown to programs.
    package var json: JSONValue {
        [
            "incident": .string(incident.text), "made_at": .string(madeAt.rfc3339()),
            "complete": .boolean(isComplete), "missing": .array(missing.map(JSONValue.string)),
            "sections": .array(
                sections.map { section in
                    [
                        "id": .string(section.id), "title": .string(section.title),
                        "items": .array(section.items.map(\.json)),
                    ]
                }),
        ]
    }

    /// - Returns: `nil` for what ``json`` does not write.
    package init?(json bytes: [UInt8]) {
        let value: JSONValue
        do {
            value = try JSONReader.read(bytes)
        } catch {
            return nil
        }
        guard case .string(let id)? = value["incident"], let incident = IncidentID(parsing: id),
            case .string(let time)? = value["made_at"], let madeAt = Timestamp(rfc3339: time),
            case .array(let parts)? = value["sections"]
        else { return nil }
        var sections: [Section] = []
        for part in parts {
            guard let section = Section(part) else { return nil }
            sections.append(section)
        }
        self.init(incident: incident, madeAt: madeAt, sections: sections)
    }
}

extension Dossier.Section {
    fileprivate init?(_ value: JSONValue) {
        guard case .string(let id)? = value["id"], case .string(let title)? = value["title"],
            case .array(let parts)? = value["items"]
        else { return nil }
        var items: [Dossier.Item] = []
        for part in parts {
            guard let item = Dossier.Item(part) else { return nil }
            items.append(item)
        }
        self.init(id: id, title: title, items: items)
    }
}

extension Dossier.Item {
    fileprivate var json: JSONValue {
        [
            "field": .string(id), "label": .string(label),
            "value": value.map(JSONValue.string) ?? .null, "from": .string(from.rawValue),
        ]
    }

    fileprivate init?(_ value: JSONValue) {
        guard case .string(let id)? = value["field"], case .string(let label)? = value["label"],
            case .string(let word)? = value["from"], let from = Dossier.Source(rawValue: word)
        else { return nil }
        switch value["value"] {
        case .string(let text)? where from != .open:
            self.init(id: id, label: label, value: text, from: from)
        case .null? where from == .open:
            self.init(id: id, label: label, value: nil, from: from)
        default: return nil
        }
    }
}
