import Accounts
import Incidents

extension IncidentBook.Failure {
    /// One sentence for a person.
    package var text: String {
        switch self {
        case .notFound: "There is no such incident."
        case .full: "No more versions of this dossier are kept."
        case .database(let error): "The database: \(error)"
        case .refused(.state(let state)):
            "An incident that is \(state.rawValue) does not take this step."
        case .refused(.reasonMissing): "Say why."
        case .refused(.lateReasonMissing(let notifyBy)):
            "The time was over at \(notifyBy.rfc3339()); say why it is late."
        case .refused(.future): "The time is still to come."
        case .refused(.beforeIncident(let since)): "The time is before \(since.rfc3339())."
        case .refused(.unsettled(let audiences)):
            "Neither told nor waived: \(audiences.map(\.rawValue).joined(separator: ", "))."
        }
    }
}
