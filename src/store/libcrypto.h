/*
 * How libcrypto is started: without what nobody here needs, so that a short command stays short.
 */
#ifndef STORE_LIBCRYPTO_H
#define STORE_LIBCRYPTO_H

/* Before anything else of libcrypto is called, its memory functions apart. Without libcrypto's
 * headers, or where libcrypto is run already, it does nothing. */
void libcrypto_start(void);

#endif
