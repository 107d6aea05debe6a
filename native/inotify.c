/* What happens to the entries of folders. inotify(7). */
#include "native.h"

#include <string.h>
#include <sys/inotify.h>

OF_INTEGERS(inotifyInit, "", inotify_init1(IN_NONBLOCK | IN_CLOEXEC))
OF_INTEGERS(inotifyRemove, "ii", inotify_rm_watch(a, b))

FUNCTION(inotifyAdd) {
  int fd, mask;
  struct bytes path;
  if (!ARGUMENTS("ibi", &fd, &path, &mask)) return NULL;
  if (memchr(path.data, 0, path.length) != (char *)path.data + path.length - 1 || path.length == 0)
    return type_error(env, "argument 2 must end with its only NUL");
  return result(env, inotify_add_watch(fd, path.data, (uint32_t)mask));
}
