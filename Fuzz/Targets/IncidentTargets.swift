import Accounts
import Incidents
import Service

/// A network that is taken holds its own address, and what is written of it is read as the same.
func sourcePrefix(_ bytes: [UInt8]) {
    guard let text = text(bytes), let prefix = SourcePrefix(parsing: text) else { return }
    precondition(prefix.contains(prefix.network))
    // An IPv4 network of less than 96 bits is written as the IPv6 one that it is in.
    guard !prefix.network.isIPv4 || prefix.length >= 96 else { return }
    precondition(SourcePrefix(parsing: prefix.text) == prefix, "written otherwise")
    let finding = Subject.source(prefix)
    precondition(SourcePrefix(parsing: String(finding.thing.dropFirst(7))) != nil)
}

/// The first byte chooses the field. What is kept is kept again as it is, and is never empty.
func dossierField(_ bytes: [UInt8]) {
    guard let first = bytes.first, let text = text(Array(bytes.dropFirst())) else { return }
    let field = DossierField.allCases[Int(first) % DossierField.allCases.count]
    _ = IncidentBook.reason(parsing: text)
    guard let value = field.value(parsing: text) else { return }
    precondition(!value.isEmpty && value.unicodeScalars.count <= DossierField.textMax)
    guard let again = field.value(parsing: value) else { preconditionFailure("\(field)") }
    precondition(same(again, value))
}

/// A saved dossier that is read is written again so that it reads the same, and makes a page.
func dossier(_ bytes: [UInt8]) {
    guard let dossier = Dossier(json: bytes) else { return }
    let written = dossier.json.bytes
    precondition(Dossier(json: written) == dossier)
    let page = IncidentBook.DossierCopy(dossier: dossier, version: nil).html
    precondition(!page.contains("<script"))
}

/// A query is refused, or asks for a page of a size that is allowed.
func incidentQuery(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    do throws(Problem) {
        let query = try IncidentQuery(text)
        precondition(IncidentBook.pageRange.contains(query.max))
    } catch {
        precondition(error.status == 400)
    }
}
