/*
 * Regular expressions of libpcre2-8, which is opened when the first one is compiled: nothing is linked to, and who has no
 * use for it need not have it. Prototypes and numbers as in pcre2api(3). What the library refuses comes back as its own
 * negative number; that there is none, as -ENOENT of the function that looks for it.
 */
#include <stdint.h>
#include <stdlib.h>

#include "native.h"

typedef struct { void *handle; char *errmsg; } uv_lib_t; /* uv.h */
extern int uv_dlopen(const char *filename, uv_lib_t *lib);
extern int uv_dlsym(uv_lib_t *lib, const char *name, void **ptr);

enum { JIT_COMPLETE = 1, JIT_PARTIAL_HARD = 4, INFO_ALLOPTIONS = 0, INFO_MAXLOOKBEHIND = 15, NO_JIT = 0x2000, PARTIAL = -2, JIT_STACKLIMIT = -46 };

/* The same for every thread that asks, so it does not matter who fills it in. */
static struct {
  void *(*compile)(const uint8_t *, size_t, uint32_t, int *, size_t *, void *);
  void (*code_free)(void *);
  int (*pattern_info)(const void *, uint32_t, void *);
  int (*jit_compile)(void *, uint32_t);
  void *(*jit_stack_create)(size_t, size_t, void *);
  void (*jit_stack_free)(void *);
  void (*jit_stack_assign)(void *, void *, void *);
  void *(*match_context_create)(void *);
  void (*match_context_free)(void *);
  int (*set_match_limit)(void *, uint32_t);
  int (*set_heap_limit)(void *, uint32_t);
  int (*set_offset_limit)(void *, size_t);
  void *(*match_data_create)(uint32_t, void *);
  void (*match_data_free)(void *);
  size_t *(*get_ovector_pointer)(void *);
  size_t (*get_startchar)(void *);
  int (*match)(const void *, const uint8_t *, size_t, size_t, uint32_t, void *, void *);
  int (*get_error_message)(int, uint8_t *, size_t);
} pcre2;

static bool open_library(void) {
  static const struct { const char *name; void *into; } symbols[] = {
    {"pcre2_compile_8", &pcre2.compile},
    {"pcre2_code_free_8", &pcre2.code_free},
    {"pcre2_pattern_info_8", &pcre2.pattern_info},
    {"pcre2_jit_compile_8", &pcre2.jit_compile},
    {"pcre2_jit_stack_create_8", &pcre2.jit_stack_create},
    {"pcre2_jit_stack_free_8", &pcre2.jit_stack_free},
    {"pcre2_jit_stack_assign_8", &pcre2.jit_stack_assign},
    {"pcre2_match_context_create_8", &pcre2.match_context_create},
    {"pcre2_match_context_free_8", &pcre2.match_context_free},
    {"pcre2_set_match_limit_8", &pcre2.set_match_limit},
    {"pcre2_set_heap_limit_8", &pcre2.set_heap_limit},
    {"pcre2_set_offset_limit_8", &pcre2.set_offset_limit},
    {"pcre2_match_data_create_8", &pcre2.match_data_create},
    {"pcre2_match_data_free_8", &pcre2.match_data_free},
    {"pcre2_get_ovector_pointer_8", &pcre2.get_ovector_pointer},
    {"pcre2_get_startchar_8", &pcre2.get_startchar},
    {"pcre2_get_error_message_8", &pcre2.get_error_message},
    {"pcre2_match_8", &pcre2.match}, /* last: what is there says that all is */
  };
  if (pcre2.match != NULL) return true;
  uv_lib_t library;
  if (uv_dlopen("libpcre2-8.so.0", &library) != 0) return false; /* stays open: so its words may stay allocated, once */
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
    if (uv_dlsym(&library, symbols[i].name, symbols[i].into) != 0) return false;
  return true;
}

struct pattern {
  void *code;
  void *context;
  void *data;
  void *stack;
};

static void free_pattern(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  struct pattern *pattern = data;
  if (pattern->data != NULL) pcre2.match_data_free(pattern->data);
  if (pattern->context != NULL) pcre2.match_context_free(pattern->context);
  if (pattern->stack != NULL) pcre2.jit_stack_free(pattern->stack);
  pcre2.code_free(pattern->code);
  free(pattern);
}

FUNCTION(patternOpen) {
  (void)info;
  return number(env, open_library() ? 0 : -ENOENT);
}

FUNCTION(patternCompile) {
  struct bytes text, numbers;
  int options;
  if (!ARGUMENTS("biw", &text, &options, &numbers)) return NULL;
  int32_t *io = numbers.data;
  if (numbers.length < 5 * sizeof *io) return type_error(env, "argument 3 must have 5 numbers");
  if (!open_library()) return type_error(env, "there is no libpcre2-8");
  int error = 0;
  size_t offset = 0;
  void *code = pcre2.compile(text.data, text.length, (uint32_t)options, &error, &offset, NULL);
  if (code == NULL) {
    io[0] = error;
    io[1] = (int32_t)offset;
    return NULL;
  }
  uint32_t all = 0, lookbehind = 0;
  pcre2.pattern_info(code, INFO_ALLOPTIONS, &all);
  pcre2.pattern_info(code, INFO_MAXLOOKBEHIND, &lookbehind);
  struct pattern *pattern = calloc(1, sizeof *pattern);
  pattern->code = code;
  pattern->context = pcre2.match_context_create(NULL);
  pattern->data = pcre2.match_data_create(1, NULL);
  pcre2.set_match_limit(pattern->context, (uint32_t)io[2]);
  pcre2.set_heap_limit(pattern->context, 16 * 1024); /* KiB */
  pcre2.jit_compile(code, JIT_COMPLETE | JIT_PARTIAL_HARD); /* what it cannot is interpreted */
  if (io[4] > 0) pattern->stack = pcre2.jit_stack_create((size_t)io[3], (size_t)io[4], NULL);
  if (pattern->stack != NULL) pcre2.jit_stack_assign(pattern->context, NULL, pattern->stack);
  io[0] = (int32_t)all;
  io[1] = (int32_t)lookbehind;
  napi_value out = NULL;
  if (napi_create_external(env, pattern, free_pattern, NULL, &out) != napi_ok) free_pattern(env, pattern, NULL);
  return out;
}

FUNCTION(patternMatch) {
  napi_value external;
  struct bytes subject, numbers;
  void *data = NULL;
  if (!ARGUMENTS("vbw", &external, &subject, &numbers)) return NULL;
  int32_t *io = numbers.data;
  napi_valuetype type;
  napi_typeof(env, external, &type);
  if (type != napi_external || napi_get_value_external(env, external, &data) != napi_ok)
    return type_error(env, "argument 1 must be a pattern");
  if (numbers.length < 3 * sizeof *io || io[0] < 0 || (size_t)io[0] > subject.length || io[1] < 0)
    return type_error(env, "argument 3 must be start, last start and options");
  struct pattern *pattern = data;
  static const uint8_t nothing[1];
  const uint8_t *text = subject.length == 0 ? nothing : subject.data;
  size_t start = (size_t)io[0];
  uint32_t options = (uint32_t)io[2];
  pcre2.set_offset_limit(pattern->context, (size_t)io[1]);
  int found = pcre2.match(pattern->code, text, subject.length, start, options, pattern->data, pattern->context);
  if (found == JIT_STACKLIMIT) /* the interpreter has none */
    found = pcre2.match(pattern->code, text, subject.length, start, options | NO_JIT, pattern->data, pattern->context);
  if (found >= 0) io[0] = (int32_t)pcre2.get_startchar(pattern->data); /* \K moves what the match reports */
  if (found == PARTIAL) io[0] = (int32_t)pcre2.get_ovector_pointer(pattern->data)[0];
  return number(env, found);
}

FUNCTION(patternMessage) {
  int error;
  struct bytes into;
  if (!ARGUMENTS("ib", &error, &into)) return NULL;
  if (!open_library()) return type_error(env, "there is no libpcre2-8");
  return number(env, pcre2.get_error_message(error, into.data, into.length));
}
