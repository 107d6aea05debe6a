/** Scripts look for `ipvsadm v1.31`; what follows is ours. */
export const VERSION_LINE = "ipvsadm v1.31 (as keepalived-ts knows it, IPVS v1.2.1)";

/** `ipvsadm -h`. */
export const HELP = `${VERSION_LINE}
Usage:
  ipvsadm -A|E SERVICE [-s SCHEDULER] [-p [SECONDS]] [-M MASK] [--pe ENGINE] [-b FLAGS] [-o]
  ipvsadm -D SERVICE
  ipvsadm -a|e SERVICE -r SERVER [-g|i|m] [-w WEIGHT] [-x UPPER] [-y LOWER] [tunnel]
  ipvsadm -d SERVICE -r SERVER
  ipvsadm -L|l [SERVICE] [columns]
  ipvsadm -Z [SERVICE]
  ipvsadm -C | -R | -S [-n] [--thresholds]
  ipvsadm --set TCP TCPFIN UDP
  ipvsadm --start-daemon {master|backup} [sync]
  ipvsadm --stop-daemon {master|backup}
(installed as \`keepalived-ts ipvs\`; what works as ipvsadm does, and what does not: docs/ipvs.md)

Commands
  --add-service     -A     a service more          --add-server     -a   a server more
  --edit-service    -E     changes one             --edit-server    -e   changes one
  --delete-service  -D     removes it with all     --delete-server  -d   removes it
  --list            -L|-l  shows the table; so does no argument at all
  --save            -S     the table as lines for --restore; without thresholds, unless they are asked for
  --restore         -R     carries out lines of standard input, together
  --clear           -C     removes everything
  --zero            -Z     counters back to 0
  --set                    how long silent connections live, seconds; 0: as it is
  --start-daemon, --stop-daemon   connection sync with the other director
  --help            -h     this text
  --version         -v     the first line of it

Service
  --tcp-service  -t ADDRESS:PORT      --udp-service -u ADDRESS:PORT     --sctp-service ADDRESS:PORT
  --fwmark-service -f MARK            --ipv6 -6  (behind -f) its packets are IPv6
  IPv6 addresses stand in brackets: [2001:db8::1]:80; hosts and ports may be names.

Options of a service
  --scheduler   -s NAME       rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh; wlc
  --sched-flags -b FLAG,...   sh-fallback sh-port mh-fallback mh-port flag-1 flag-2 flag-3
  --persistent  -p [SECONDS]  a client keeps its server; 360
  --netmask     -M MASK       what is one client; IPv6: a prefix length
  --pe          ENGINE        sip
  --ops         -o            each packet by itself; UDP

Options of a server
  --real-server -r ADDRESS[:PORT]     --weight -w WEIGHT     1
  --gatewaying -g | --ipip -i | --masquerading -m            how packets reach it; -g
  --tun-type ipip|gue|gre  --tun-port PORT  --tun-nocsum | --tun-csum | --tun-remcsum
  --u-threshold -x COUNT   --l-threshold -y COUNT            connections it takes at most, and anew below

Columns
  --stats  --rate  --thresholds  --persistent-conn  --tun-info
  --connection -c   connections instead; with --persistent-conn the engine's data
  --timeout  --daemon   the timeouts, the sync daemons instead
  --exact -X        counters whole             --numeric -n   no names
  --nosort          in the kernel's order      --sort         as it is anyway
  --json            for programs (not in ipvsadm)
  --watch [SECONDS] again and again, until interrupted; 1 (not in ipvsadm)

Sync
  --mcast-interface NAME  --syncid 0..255  --sync-maxlen BYTES
  --mcast-group ADDRESS (224.0.0.81)  --mcast-port PORT (8848)  --mcast-ttl TTL (1)
`;
