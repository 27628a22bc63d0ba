/// Messages from device to device: many senders, recipients that all sync.
@NullMarked
package org.valise.bench.todevice;

import org.jspecify.annotations.NullMarked;
