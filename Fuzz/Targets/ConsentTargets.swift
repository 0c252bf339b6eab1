import Accounts
import Service

/// A consent, a withdrawal or an acceptance is refused with the field that is wrong, or is one of the
/// things that a caller of this kind may say.
func consent(_ bytes: [UInt8]) {
    let now = Timestamp(seconds: 1_800_000_000)
    for channels in [[ConsentChannel.site, .app, .paper], [.site, .app], [.paper]] {
        do throws(Problem) {
            let wish = try ConsentWish(
                Fields(body: bytes, allowed: ConsentWish.fields), channels: channels, at: now)
            precondition(wish.purpose.basis == .consent && channels.contains(wish.channel))
            precondition(wish.channel != .paper || wish.evidence != nil)
            precondition(wish.signedAt.map { $0 <= now && wish.channel == .paper } ?? true)
        } catch {
            precondition([400, 422].contains(error.status) && !error.detail.isEmpty)
        }
        do throws(Problem) {
            let wish = try WithdrawalWish(
                Fields(body: bytes, allowed: WithdrawalWish.fields), channels: channels)
            precondition(channels.contains(wish.channel))
            _ = try AcceptanceWish(
                Fields(body: bytes, allowed: AcceptanceWish.fields), channels: channels)
        } catch {
            precondition(error.status == 400 && !error.detail.isEmpty)
        }
    }
}

/// Short texts of files and paths: what is taken is written back as it was taken, in one line.
func fileText(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    if let remark = Remark(text) {
        precondition(
            !remark.text.unicodeScalars.contains { $0.properties.generalCategory == .control })
        precondition(Remark(remark.text) == remark, "taken twice is another line")
    }
    if let tag = LanguageTag(text) {
        precondition(same(tag.text, text) && tag.text.utf8.count <= 30)
    }
    if let version = PolicyVersion(text) { precondition(same(version.text, text)) }
    if let time = Timestamp(dayOrTime: text) { _ = time.rfc3339() }
    do throws(Problem) {
        let query = try QueryParameters(text, allowed: ["purpose", "max"])
        _ = query["purpose"]
    } catch {
        precondition(error.status == 400)
    }
}

/// A version of the privacy policy as it is sent.
func privacyPolicy(_ bytes: [UInt8]) {
    do throws(Problem) {
        let wish = try PrivacyPolicyWish(Fields(body: bytes, allowed: PrivacyPolicyWish.fields))
        precondition((1...PrivacyPolicies.textsMax).contains(wish.texts.count))
        precondition(Set(wish.texts.map(\.locale)).count == wish.texts.count)
    } catch {
        precondition(error.status == 400 && !error.detail.isEmpty)
    }
}
