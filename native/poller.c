/*
 * Readiness of descriptors: one epoll descriptor of our own, and only that one under libuv's uv_poll. libuv reports
 * an error on a socket (POLLERR: ENOBUFS, ENETDOWN) as EBADF and stops polling; an epoll descriptor has no errors.
 *
 * A poller has two owners, the JavaScript object and the libuv handle; its memory goes with the later of them.
 */
#include "native.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

/* libuv's part of the ABI, declared here because the npm package node-api-headers carries no uv.h. */
typedef struct uv_poll_s uv_poll_t; /* allocated by uv_handle_size */
enum { UV_POLL = 8, UV_READABLE = 1 };
extern size_t uv_handle_size(int type);
extern void uv_handle_set_data(uv_poll_t *handle, void *data);
extern void *uv_handle_get_data(const uv_poll_t *handle);
extern int uv_poll_init(struct uv_loop_s *loop, uv_poll_t *handle, int fd);
extern int uv_poll_start(uv_poll_t *handle, int events, void (*callback)(uv_poll_t *, int status, int events));
extern void uv_close(uv_poll_t *handle, void (*callback)(uv_poll_t *));

struct poller {
  uv_poll_t *handle;
  int epoll;
  int owners;
  bool closing;
  napi_env env;
  napi_ref on_ready;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
};

static const napi_type_tag POLLER = {0x6b656570616c6976, 0x65642d706f6c6c72};

static void release(struct poller *poller) {
  if (--poller->owners == 0) free(poller);
}

static void object_collected(napi_env env, void *poller, void *hint) {
  (void)env, (void)hint;
  release(poller);
}

static void handle_closed(uv_poll_t *handle) {
  struct poller *poller = uv_handle_get_data(handle);
  close(poller->epoll);
  free(handle);
  napi_remove_async_cleanup_hook(poller->hook);
  release(poller);
}

/* By pollerClose, or at the end of the environment: an asynchronous hook, because closing takes a turn of the loop. */
static void close_handle(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  struct poller *poller = data;
  if (!poller->closing) uv_close(poller->handle, handle_closed);
  poller->closing = true;
}

/* Gives one event to JavaScript. What it throws goes to 'uncaughtException', and the loop goes on. */
static void deliver(struct poller *poller, const struct epoll_event *event) {
  napi_env env = poller->env;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value callback, receiver, exception, arguments[] = {number(env, event->data.fd), number(env, event->events)};
  if (napi_get_reference_value(env, poller->on_ready, &callback) == napi_ok &&
      napi_get_global(env, &receiver) == napi_ok &&
      napi_make_callback(env, poller->context, receiver, callback, 2, arguments, NULL) == napi_pending_exception &&
      napi_get_and_clear_last_exception(env, &exception) == napi_ok)
    napi_fatal_exception(env, exception);
  napi_close_handle_scope(env, scope);
}

/*
 * Events are fetched one by one: a second one, fetched before the first is handled, could be for a descriptor that the
 * handler closes and whose number it opens anew. What exceeds a turn stays ready for the next turn of libuv's loop.
 */
static void on_poll(uv_poll_t *handle, int status, int events) {
  (void)status, (void)events;
  struct poller *poller = uv_handle_get_data(handle);
  struct epoll_event event;
  for (int i = 0; i < 64 && !poller->closing && epoll_wait(poller->epoll, &event, 1, 0) == 1; i++)
    deliver(poller, &event);
}

FUNCTION(pollerNew) {
  napi_value callback, name, object;
  napi_valuetype type;
  if (!ARGUMENTS("v", &callback)) return NULL;
  if (napi_typeof(env, callback, &type) != napi_ok || type != napi_function)
    return type_error(env, "argument 1 must be a function");

  struct uv_loop_s *loop;
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct poller *poller = calloc(1, sizeof *poller);
  uv_poll_t *handle = calloc(1, uv_handle_size(UV_POLL));
  if (poller == NULL || handle == NULL || napi_get_uv_event_loop(env, &loop) != napi_ok ||
      uv_poll_init(loop, handle, epoll) < 0) {
    close(epoll);
    free(poller);
    free(handle);
    napi_throw_error(env, NULL, "cannot create a poller"); /* out of descriptors or memory */
    return NULL;
  }
  *poller = (struct poller){.handle = handle, .epoll = epoll, .owners = 2, .env = env};
  uv_handle_set_data(handle, poller);
  napi_create_object(env, &object);
  napi_wrap(env, object, poller, object_collected, NULL, NULL);
  napi_type_tag_object(env, object, &POLLER);
  napi_create_reference(env, callback, 1, &poller->on_ready);
  napi_create_string_utf8(env, "keepalived:poller", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, NULL, name, &poller->context);
  napi_add_async_cleanup_hook(env, close_handle, poller, &poller->hook);
  uv_poll_start(handle, UV_READABLE, on_poll);
  return object;
}

/* NULL, with a TypeError pending, for anything that pollerNew did not make. */
static struct poller *poller_of(napi_env env, napi_value value) {
  napi_valuetype type;
  bool ours = false;
  void *poller = NULL;
  if (napi_typeof(env, value, &type) == napi_ok && type == napi_object)
    napi_check_object_type_tag(env, value, &POLLER, &ours);
  if (!ours || napi_unwrap(env, value, &poller) != napi_ok) type_error(env, "argument 1 must be a poller");
  return poller;
}

FUNCTION(pollerControl) {
  napi_value value;
  int operation, fd, events;
  if (!ARGUMENTS("viii", &value, &operation, &fd, &events)) return NULL;
  struct poller *poller = poller_of(env, value);
  if (poller == NULL) return NULL;
  struct epoll_event event = {.events = (uint32_t)events, .data = {.fd = fd}};
  return poller->closing ? number(env, -EBADF) : result(env, epoll_ctl(poller->epoll, operation, fd, &event));
}

FUNCTION(pollerClose) {
  napi_value value;
  struct poller *poller = ARGUMENTS("v", &value) ? poller_of(env, value) : NULL;
  if (poller == NULL || poller->closing) return NULL;
  napi_delete_reference(env, poller->on_ready);
  napi_async_destroy(env, poller->context);
  close_handle(NULL, poller);
  return NULL;
}
