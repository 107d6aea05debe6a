/*
 * Locked memory that can be given back. V8 returns pages by madvise(MADV_DONTNEED), which the kernel refuses (EINVAL) for
 * locked ones, and at that V8 ends the process. So where this library is loaded before libc (LD_PRELOAD), madvise is the
 * one below: it asks again in the way that is allowed. The pages that come back are locked like the ones before.
 */
#include "native.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int give_back(void *address, size_t length, int advice) {
  long result = syscall(SYS_madvise, address, length, advice);
  if (result == 0 || errno != EINVAL || advice != MADV_DONTNEED) return (int)result;
  result = syscall(SYS_madvise, address, length, 24); /* MADV_DONTNEED_LOCKED, Linux 5.18 */
  if (result == 0 || errno != EINVAL) return (int)result;
  if (munlock(address, length) < 0) return -1; /* an older kernel, or a bad range */
  result = syscall(SYS_madvise, address, length, advice);
  int error = errno;
  syscall(SYS_mlock2, address, length, MLOCK_ONFAULT);
  errno = error;
  return (int)result;
}

__attribute__((visibility("default"), alias("give_back"))) int madvise(void *address, size_t length, int advice);

/* mlockall(2) of what is there and what will be, each page once it is used; -EOPNOTSUPP where V8 would end the process. */
FUNCTION(mlockall) {
  (void)info;
  if (madvise != give_back) return number(env, -EOPNOTSUPP); /* it is libc's where that came first */
  return result(env, mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT));
}
