/// What users report to the administrators: events, rooms and other users.
///
/// Spec: client-server API, "Reporting Content". Tables owned: `accounts.report`. Start reading at
/// [Reports]. Invariant: nobody fills the store with reports of what does not exist, or of the same
/// thing over and over.
@NullMarked
package org.valise.accounts.reports;

import org.jspecify.annotations.NullMarked;
