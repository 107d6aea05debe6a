/* The addon itself: arguments in, results out, registration. */
#include "native.h"

#include <stdarg.h>
#include <stdio.h>

static bool read_int(napi_env env, napi_value value, int *into) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) return false;
  if (!(number >= INT32_MIN && number <= INT32_MAX) || number != (int)number) return false;
  *into = (int)number;
  return true;
}

static bool read_bytes(napi_env env, napi_value value, napi_typedarray_type wanted, size_t width, struct bytes *into) {
  bool is_array = false;
  napi_typedarray_type type;
  size_t count;
  napi_is_typedarray(env, value, &is_array);
  if (!is_array || napi_get_typedarray_info(env, value, &type, &count, &into->data, NULL, NULL) != napi_ok) return false;
  into->length = count * width;
  return type == wanted;
}

bool read_arguments(napi_env env, napi_callback_info info, const char *format, ...) {
  napi_value values[6]; /* napi fills in undefined for what was left out */
  size_t count = 6;
  if (napi_get_cb_info(env, info, &count, values, NULL, NULL) != napi_ok) return false;
  va_list targets;
  va_start(targets, format);
  const char *expected = NULL;
  size_t at = 0;
  for (; expected == NULL && format[at] != '\0'; at++) {
    napi_value value = values[at];
    if (format[at] == 'i' && !read_int(env, value, va_arg(targets, int *))) expected = "a 32-bit integer";
    if (format[at] == 'd' && napi_get_value_double(env, value, va_arg(targets, double *)) != napi_ok)
      expected = "a number";
    if (format[at] == 'b' && !read_bytes(env, value, napi_uint8_array, 1, va_arg(targets, struct bytes *)))
      expected = "a Uint8Array";
    if (format[at] == 'w' && !read_bytes(env, value, napi_int32_array, 4, va_arg(targets, struct bytes *)))
      expected = "an Int32Array";
    if (format[at] == 'v') *va_arg(targets, napi_value *) = value;
  }
  va_end(targets);
  if (expected == NULL) return true;
  char message[64];
  snprintf(message, sizeof message, "argument %zu must be %s", at, expected);
  type_error(env, message);
  return false;
}

napi_value type_error(napi_env env, const char *message) {
  napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", message);
  return NULL;
}

napi_value number(napi_env env, double value) {
  napi_value out = NULL;
  napi_create_double(env, value, &out);
  return out;
}

napi_value result(napi_env env, long value) {
  return number(env, value < 0 ? -errno : value);
}

NAPI_MODULE_INIT() {
#define DESCRIBE(name) {#name, NULL, native_##name, NULL, NULL, NULL, napi_enumerable, NULL},
  const napi_property_descriptor functions[] = {FUNCTIONS(DESCRIBE)};
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}
