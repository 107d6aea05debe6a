/** A command line, and what it reads. */
export interface Line {
  readonly args: string;
  readonly input: string; // `-R` reads it
}

/** /etc/hosts of the emulated kernel. */
export const HOSTS = `127.0.0.1 localhost
10.9.0.1 vip.example.com vip
10.9.1.1 rs1.very-long-name.datacenter.example.com rs1
10.9.1.2 rs2
10.9.0.9 both
2001:db8::9 both
2001:db8::1 v6vip.example.com v6vip
2001:db8::10 rs6.really-long-host-name.example.com rs6
`;

/** Given one after the other to both; a line `> ...` is what the line above it reads. Words in double quotes are one. */
const SCRIPT = `
-L -n
--version-of-nothing
-A -t 10.9.0.1:80 -s rr
-A -t 10.9.0.1:80 -s rr
-A -t 10.9.0.1:443
-A -u 10.9.0.1:53 -s wlc -p
-A -u 10.9.0.1:54 -s wlc -p 600 -M 255.255.255.0
-A -u 10.9.0.1:55 -s wlc -p 600 -M 255.0.255.0 -o
-A --sctp-service 10.9.0.1:55 -s sh -b sh-fallback,sh-port
-A -u 10.9.0.1:56 -s sh -b sh-port,flag-3 -p 60 -M 255.255.0.0 --pe sip -o
-A -t 10.9.0.1:57 -s rr -b flag-1,flag-2,flag-3
-A -f 1 -s rr
-A -f 2 -6 -s mh -b mh-port
-A -f 3 -s rr -p 30 -M 255.255.0.0
-A -f 4 -6 -s rr -p 30 -M 64
-A -t [2001:db8::1]:80 -s rr -p 100 -M 64
-A -M 64 -p -t [2001:db8::4]:80
-A -M 255.255.0.0 -p -t 10.9.0.1:58
-A -u 10.9.0.1:5060 -s rr -p 100 --pe sip
-A -t 10.9.0.1:101 --pe sip -s rr
-A -t 10.9.0.1:0 -s rr
-A -t 10.9.0.1 -s rr -p
-A -t 10.9.0.1:81 -s nosuch
-A -t 10.9.0.1:81 -s aaaaaaaaaaaaaaaaaaaaaaaa
-A -t 10.9.0.1:102 --pe bogus -s rr -p
-A -t 10.9:59 -s rr
-A -t [::ffff:10.1.1.1]:80 -s rr
-A -t [::1.2.3.4]:80 -s rr
-A -t vip:http -s rr
-A -t vip:60 -s rr
-A -t v6vip:61 -s rr
-A -t both:62 -s rr
-A -t [both]:63 -s rr
-A -t nosuch.invalid:64 -s rr
-a -t 10.9.0.1:80 -r 10.9.1.1:80 -m -w 5
-a -t 10.9.0.1:80 -r 10.9.1.1:80 -m -w 5
-a -t 10.9.0.1:80 -r 10.9.1.2 -m
-a -t 10.9.0.1:80 -r 10.9.1.3:8080 -m -w 0 -x 100 -y 50
-a -t 10.9.0.1:80 -r 10.9.1.4:0 -m
-a -t 10.9.0.1:80 -r 10.9.1.5:8080
-a -t 10.9.0.1:443 -r 10.9.1.5 -i
-a -t 10.9.0.1:443 -r 10.9.1.6:99 -i --tun-type gue --tun-port 6080
-a -t 10.9.0.1:443 -r 10.9.1.7 -i --tun-type gue --tun-port 6080 --tun-csum
-a -t 10.9.0.1:443 -r 10.9.1.8 -i --tun-type gue --tun-port 6080 --tun-remcsum
-a -t 10.9.0.1:443 -r 10.9.1.9 -i --tun-type gre
-a -t 10.9.0.1:443 -r 10.9.1.10 -i --tun-type gre --tun-csum
-a -t 10.9.0.1:443 -r [2001:db8::11]:443 -i
-a -t 10.9.0.1:443 -r 2001:db8:0:1::12 -i
-a -t 10.9.0.1:443 -r [2001:db8::10]:443 -i
-a -t 10.9.0.1:443 -r 127.0.0.1 -g
-a -t 10.9.0.1:443 -r rs1 -i
-a -f 1 -r 10.9.1.1 -g
-a -f 1 -r 10.9.1.2:80 -m
-a -f 1 -r 10.9.1.3:80 -g
-a -f 1 -r 10.9.1.4:http -m
-a -f 2 -6 -r [2001:db8::10]:80 -m
-a -f 2 -r [2001:db8::10]:80 -m
-a -t [2001:db8::1]:80 -r [2001:db8::10]:80 -m -w 2147483647
-a -t [2001:db8::1]:80 -r [2001:db8:1111:2222:3333:4444:5555:6666]:8080 -m -w 3
-a -t [2001:db8::1]:80 -r 10.9.1.10:80 -i
-a -t 10.9.0.1:60 -r 224.0.0.5
-a -t 10.9.0.1:60 -r 10.9.1.4 -x 10 -y 20
-a -t 10.9.0.1:60 -r 10.9.1.4 -x 65536
-a -t 10.9.0.77:60 -r 10.9.1.4
-L
-Ln
-l --stats -n
-Ln --rate
-Ln --thresholds
-L --thresholds
-Ln --persistent-conn
-Ln --tun-info
-L --tun-info
-L --stats
-LnX --stats
-L -n --rate --exact
-Ln --sort
-Ln --nosort
-Ln -t 10.9.0.1:80
-L -t vip:http
-Ln -t 10.9.0.1:80 --stats
-Ln -t 10.9.0.9:80
-Ln -f 1
-Ln -f 2 -6
-Ln -f 2
-Lcn
-Lcn --persistent-conn
-Sn
-E -t 10.9.0.1:80 -s wrr -p 50
-E -t 10.9.0.9:80 -s wrr
-E -t 10.9.0.1:443
-E -t 10.9.0.1:443 -s nosuch
-e -t 10.9.0.1:80 -r 10.9.1.1:80
-e -t 10.9.0.1:80 -r 10.9.1.3:8080 -w 7
-e -t 10.9.0.1:80 -r 10.9.1.3:8080 -w 7 -m
-e -t 10.9.0.1:80 -r 10.9.1.77:80
-e -t 10.9.0.9:80 -r 10.9.1.77:80
-e -t 10.9.0.1:443 -r 10.9.1.6 -i --tun-type gre
-Sn
-d -t 10.9.0.1:80 -r 10.9.1.3:8080
-d -t 10.9.0.1:80 -r 10.9.1.77:80
-d -t 10.9.0.9:80 -r 10.9.1.77:80
-d -t 10.9.0.1:443 -r [2001:db8::11]:443
-d -f 1 -r 10.9.1.1
-d -f 1 -r 10.9.1.2:80
-D -t 10.9.0.1:58
-D -t 10.9.0.1:58
-D -f 2
-D -f 2 -6
-Sn
-Z
-Z -t 10.9.0.1:80
-Z -t 10.9.0.9:80
-Z -f 99
-L --timeout
--set 100 200 300
-L --timeout
--set 0 0 30
-Ln --timeout
--set 0 0 0
-L --timeout
-L --daemon
--start-daemon master
--start-daemon master --mcast-interface nosuchif
--start-daemon master --mcast-interface lo --syncid 9 --sync-maxlen 1400 --mcast-group 224.0.1.1 --mcast-port 9000 --mcast-ttl 4
--start-daemon master --mcast-interface lo
-R
> -A -t 10.9.0.1:901 -s rr
> ipvsadm -A -t 10.9.0.1:902 -s rr
>
> 	-a   -t 10.9.0.1:902	-r 10.9.1.1:80 -m   
-R
> -A -t 10.9.0.1:901 -s rr
> -A -t 10.9.0.1:903 -s rr
-R
> -A -t 10.9.0.1:904 -s rr
> -A -t 10.9.0.1:901 -s rr
-R
> -A -t 10.9.0.1:905 -s rr
> # a comment
> -A -t 10.9.0.1:906 -s rr
-R
> -A -t 10.9.0.1:907 -s rr
> -A -t bogus -s rr
> -A -t 10.9.0.1:908 -s rr
-R
> -Ln -t 10.9.0.1:901
> -D -t 10.9.0.1:901
> -Ln -t 10.9.0.1:901
> -A -t 10.9.0.1:909 -s rr
-R
> -A -t "10.9.0.1:910" -s rr
-R
> -R
-R
> -S -n
-R
-S -n
-C
-Sn
-Ln
`;

/** The lines of the script. */
export const LINES: readonly Line[] = SCRIPT.split(/\n(?!>)/)
  .filter((each) => each !== "")
  .map((each) => {
    const [args = "", ...input] = each.split("\n");
    return { args, input: input.map((line) => `${line.replace(/^> ?/, "")}\n`).join("") };
  });
