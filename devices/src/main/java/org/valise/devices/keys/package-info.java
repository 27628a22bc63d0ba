/// Device keys, one-time keys and fallback keys: uploaded, asked for, claimed.
///
/// Spec: client-server API, "End-to-end encryption", "Key management API"; server-server API,
/// "End-to-End Encryption". Start reading at [KeyUpload], [KeyQuery] and [KeyClaims]. Users of
/// other servers are asked for through [RemoteKeys].
///
/// Tables owned: `devices.device_keys`, `devices.one_time_key`, `devices.fallback_key`,
/// `devices.claimed_key`, `devices.key_supply`, `devices.cross_signing_key`,
/// `devices.user_signature`. Invariants: a one-time key is given once, and deleted in the commit
/// that comes before the answer; what is stored is what the device uploaded, with the signatures
/// that everybody may see; each change of it has its position in the stream.
@NullMarked
package org.valise.devices.keys;

import org.jspecify.annotations.NullMarked;
