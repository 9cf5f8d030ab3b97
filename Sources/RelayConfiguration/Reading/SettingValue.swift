import Accounts
import CameraURL

/// What the value of a key can be once it is read.
///
/// `Optional` is not among them, on purpose. Where a reader's value could be nil, the nil by which a parser says "this is no
/// such value" would pass for "the key is not given", and a mistyped limit for no limit. A key whose property is optional is
/// read as a value that is always there, which ``ConfigurationKey`` then stores in the property.
protocol SettingValue: Sendable {}

extension Bool: SettingValue {}
extension Int: SettingValue {}
extension Double: SettingValue {}
extension String: SettingValue {}
extension Duration: SettingValue {}
extension Array: SettingValue where Element: SettingValue {}
extension Account: SettingValue {}
extension AddressRange: SettingValue {}
extension CORSPolicy: SettingValue {}
extension CameraURL: SettingValue {}
extension CertificateFingerprint: SettingValue {}
extension FileDraft.Certificate: SettingValue {}
extension FileDraft.Listener: SettingValue {}
extension HeaderField: SettingValue {}
extension NotifyDraft: SettingValue {}
extension NotifyDraft.NamedSource: SettingValue {}
extension OpeningHours: SettingValue {}
extension PasswordHash: SettingValue {}
extension PlaceholderPicture: SettingValue {}
extension LinkKey: SettingValue {}
extension PublishConfiguration: SettingValue {}
extension PushConfiguration: SettingValue {}
extension PushConfiguration.When: SettingValue {}
extension ListenerDraft.Redirect: SettingValue {}
extension LogConfiguration: SettingValue {}
extension LogConfiguration.Format: SettingValue {}
extension LogConfiguration.Level: SettingValue {}
extension SourceConfiguration.Audience: SettingValue {}
extension SourceConfiguration.OnLoss: SettingValue {}
extension SourceConfiguration.Redirects: SettingValue {}
extension SourceConfiguration.Upstream: SettingValue {}
extension MirroredRelay: SettingValue {}
