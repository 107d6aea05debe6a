/* Sockets of any family, and bytes in and out of any descriptor. socket(2), sendmmsg(2), recvmmsg(2). */
#include "native.h"

#include <linux/filter.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, NAME_SIZE = 128, CONTROL_SIZE = 256 }; /* datagrams per system call; the parts of a slot */

OF_INTEGERS(socket, "iii", socket(a, b | SOCK_CLOEXEC | SOCK_NONBLOCK, c))
OF_INTEGERS(close, "i", close(a)) /* never repeated: Linux releases the descriptor whatever close returns */
OF_BYTES(bind, bind(fd, bytes.data, bytes.length))
OF_BYTES(connect, connect(fd, bytes.data, bytes.length))
OF_BYTES(read, TEMP_FAILURE_RETRY(read(fd, bytes.data, bytes.length)))
OF_BYTES(write, TEMP_FAILURE_RETRY(write(fd, bytes.data, bytes.length)))

FUNCTION(getsockname) {
  int fd;
  struct bytes address;
  if (!ARGUMENTS("ib", &fd, &address)) return NULL;
  socklen_t length = address.length;
  return result(env, getsockname(fd, address.data, &length) < 0 ? -1 : (long)length);
}

/* A number crosses as int, everything else as bytes. */
FUNCTION(setsockopt) {
  int fd, level, option, word;
  struct bytes bytes = {&word, sizeof word};
  napi_value value;
  napi_valuetype type;
  if (!ARGUMENTS("iiiv", &fd, &level, &option, &value) || napi_typeof(env, value, &type) != napi_ok) return NULL;
  if (type == napi_number ? !ARGUMENTS("iiii", &fd, &level, &option, &word)
                          : !ARGUMENTS("iiib", &fd, &level, &option, &bytes)) return NULL;
  return result(env, setsockopt(fd, level, option, bytes.data, bytes.length));
}

FUNCTION(getsockopt) {
  int fd, level, option;
  struct bytes value;
  if (!ARGUMENTS("iiib", &fd, &level, &option, &value)) return NULL;
  socklen_t length = value.length;
  return result(env, getsockopt(fd, level, option, value.data, &length) < 0 ? -1 : (long)length);
}

/* A row of struct sock_filter; setsockopt wants a pointer to it. */
FUNCTION(attachFilter) {
  int fd;
  struct bytes program;
  if (!ARGUMENTS("ib", &fd, &program)) return NULL;
  struct sock_fprog filter = {.len = program.length / sizeof(struct sock_filter), .filter = program.data};
  return result(env, setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter));
}

/* Half of a message: where to, and what. An empty address is left out, for a connected or bound socket. */
static struct msghdr message(const struct bytes *address, struct iovec *data) {
  return (struct msghdr){
    .msg_name = address->length > 0 ? address->data : NULL,
    .msg_namelen = address->length,
    .msg_iov = data,
    .msg_iovlen = 1,
  };
}

FUNCTION(sendmsg) {
  int fd, flags;
  struct bytes data, address, control;
  if (!ARGUMENTS("ibbbi", &fd, &data, &address, &control, &flags)) return NULL;
  struct iovec vector = {.iov_base = data.data, .iov_len = data.length};
  struct msghdr header = message(&address, &vector);
  header.msg_control = control.length > 0 ? control.data : NULL;
  header.msg_controllen = control.length;
  return result(env, TEMP_FAILURE_RETRY(sendmsg(fd, &header, flags | MSG_DONTWAIT | MSG_NOSIGNAL)));
}

/* Stops at the first refusal, which is reported only if nothing was sent before it. */
FUNCTION(sendBatch) {
  int fd, size, count, sent = 0;
  struct bytes arena, address;
  if (!ARGUMENTS("ibiib", &fd, &arena, &size, &count, &address)) return NULL;
  if (size < 1 || count < 0 || (uint64_t)size * (uint64_t)count > arena.length)
    return type_error(env, "the arena is smaller than that many datagrams of that size");
  while (sent < count) {
    struct mmsghdr headers[BATCH];
    struct iovec vectors[BATCH];
    int wanted = count - sent < BATCH ? count - sent : BATCH;
    for (int i = 0; i < wanted; i++) {
      vectors[i] = (struct iovec){.iov_base = (char *)arena.data + (size_t)(sent + i) * size, .iov_len = size};
      headers[i] = (struct mmsghdr){.msg_hdr = message(&address, &vectors[i])};
    }
    long done = TEMP_FAILURE_RETRY(sendmmsg(fd, headers, wanted, MSG_DONTWAIT | MSG_NOSIGNAL));
    if (done < 0) return sent > 0 ? number(env, sent) : result(env, done);
    sent += done;
  }
  return number(env, sent);
}

/* A slot of the arena is name[128] control[256] data[slot_size - 384]. */
FUNCTION(recvBatch) {
  int fd, slots, slot_size;
  struct bytes arena, lengths;
  if (!ARGUMENTS("ibiiw", &fd, &arena, &slots, &slot_size, &lengths)) return NULL;
  if (slots < 1 || slots > BATCH || slot_size <= NAME_SIZE + CONTROL_SIZE)
    return type_error(env, "1 to 64 slots of more than 384 bytes each are expected");
  if ((uint64_t)slots * (uint64_t)slot_size > arena.length || (size_t)slots * 4 * sizeof(int32_t) > lengths.length)
    return type_error(env, "the arena or the lengths are smaller than that many slots");
  struct mmsghdr headers[BATCH];
  struct iovec vectors[BATCH];
  for (int i = 0; i < slots; i++) {
    char *name = (char *)arena.data + (size_t)i * slot_size, *control = name + NAME_SIZE;
    vectors[i].iov_base = control + CONTROL_SIZE;
    vectors[i].iov_len = slot_size - NAME_SIZE - CONTROL_SIZE;
    headers[i] = (struct mmsghdr){.msg_hdr = message(&(struct bytes){name, NAME_SIZE}, &vectors[i])};
    headers[i].msg_hdr.msg_control = control;
    headers[i].msg_hdr.msg_controllen = CONTROL_SIZE;
  }
  long received = TEMP_FAILURE_RETRY(recvmmsg(fd, headers, slots, MSG_DONTWAIT | MSG_CMSG_CLOEXEC, NULL));
  int32_t *out = lengths.data;
  for (long i = 0; i < received; i++) {
    *out++ = headers[i].msg_len;
    *out++ = headers[i].msg_hdr.msg_namelen;
    *out++ = headers[i].msg_hdr.msg_controllen;
    *out++ = headers[i].msg_hdr.msg_flags;
  }
  return result(env, received);
}

FUNCTION(ifNametoindex) {
  napi_value value;
  char name[256];
  size_t length;
  if (!ARGUMENTS("v", &value)) return NULL;
  if (napi_get_value_string_utf8(env, value, name, sizeof name, &length) != napi_ok || strlen(name) != length)
    return type_error(env, "argument 1 must be a string without NUL");
  unsigned index = if_nametoindex(name);
  return result(env, index == 0 ? -1 : (long)index);
}

/* A struct ifreq goes in and comes back; where there is `data`, its pointer leads there and stays here. netdevice(7). */
FUNCTION(interfaceIoctl) {
  int fd, request;
  struct bytes given, data;
  struct ifreq ifreq;
  if (!ARGUMENTS("iibb", &fd, &request, &given, &data)) return NULL;
  if (given.length != sizeof ifreq) return type_error(env, "argument 3 must be a struct ifreq");
  memcpy(&ifreq, given.data, sizeof ifreq);
  if (data.length > 0) ifreq.ifr_data = data.data;
  long done = ioctl(fd, (unsigned long)request, &ifreq);
  if (data.length == 0) memcpy(given.data, &ifreq, sizeof ifreq);
  return result(env, done);
}
