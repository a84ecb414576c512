#include <vault/qr.h>

#ifdef HAVE_QRENCODE
#include <dlfcn.h>
#include <qrencode.h>
#endif

#include "base/process.h"

#define SIZE_MAX_MODULES 177

/* One bit a module, row by row: what comes back from the child. */
struct code {
	unsigned char size;
	unsigned char bits[(SIZE_MAX_MODULES * SIZE_MAX_MODULES + 7) / 8];
};

int qr_size(const struct secret *code)
{
	return ((const struct code *)(const void *)code->bytes)->size;
}

bool qr_dark(const struct secret *code, int column, int row)
{
	const struct code *packed = (const struct code *)(const void *)code->bytes;
	int at = row * packed->size + column;

	return column >= 0 && row >= 0 && column < packed->size && row < packed->size &&
	       packed->bits[at / 8] >> at % 8 & 1;
}

#ifdef HAVE_QRENCODE

#ifdef __APPLE__
#define LIBRARY "libqrencode.4.dylib"
#else
#define LIBRARY "libqrencode.so.4"
#endif

/* Runs in the child. The library is loaded here alone: one command of many needs it, and it may be
 * absent. What it leaves on its heap ends with the child. */
static int encode(const void *context, void *result)
{
	const struct secret *text = context;
	struct code *code = result;
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	typeof(QRcode_encodeData) *encode_data;
	const QRcode *made;

	if (!library)
		return -1;
	encode_data = (typeof(encode_data))dlsym(library, "QRcode_encodeData");
	made = encode_data ? encode_data((int)text->length, text->bytes, 0, QR_ECLEVEL_L) : NULL;
	if (!made || made->width > SIZE_MAX_MODULES)
		return -1;
	code->size = (unsigned char)made->width;
	for (int at = 0; at < made->width * made->width; at++)
		if (made->data[at] & 1)
			code->bits[at / 8] |= (unsigned char)(1 << at % 8);
	return 0;
}

int qr_encode(const struct secret *text, struct secret **ret_code, struct error *err)
{
	SECRET_AUTO *code = NULL;
	int r;

	if (text->length == 0 || text->length > QR_TEXT_MAX)
		return error_set(err, VAULT_USAGE, "a QR code holds %d bytes at most", QR_TEXT_MAX);
	r = secret_new(&code, sizeof(struct code), err);
	if (r == 0)
		r = process_isolated(encode, text, code->bytes, sizeof(struct code), err);
	if (r < 0)
		return error_context(err,
		                     "no QR code could be made, for which " LIBRARY " is needed");
	code->length = sizeof(struct code);
	*ret_code = code;
	code = NULL;
	return 0;
}

#else

int qr_encode(const struct secret *text, struct secret **ret_code, struct error *err)
{
	(void)text;
	(void)ret_code;
	return error_set(err, VAULT_FAILED, "this program was built without QR codes");
}

#endif
