use ShopTest;
use ShopTest::Status;
use Time::HiRes qw(sleep);
use IO::Select;
my ($one,$two,$three) = map { shop_server(body => $_) } qw(one two three);
my $gone = free_port();
my $check = 'shop_health_check uri=/health interval=200ms fast=100ms timeout=300ms jitter=0% fails=1 passes=1;';
my $nginx = nginx(workers => 1, http => <<"END");
    proxy_cache_path %%DIR%%/cache keys_zone=one:1m;
    log_format l '\$request_method \$uri \$status \$upstream_addr \$upstream_status \$upstream_bytes_sent \$shop_group \$shop_fallback \$shop_state \$shop_bypass \$shop_notice_html \$shop_eta \$upstream_response_time \$upstream_connect_time \$upstream_header_time';
    access_log %%DIR%%/l.log l;
    upstream a { server $one; server 127.0.0.1:$gone; keepalive 4; $check shop_failover_to b hold=0; }
    upstream b { zone b 64k; least_conn; server $two; keepalive 4; $check shop_failover_to c hold=0; shop_slow_start 1s; }
    upstream c { ip_hash; server $three; keepalive 4; $check }
    upstream d { server 127.0.0.1:$gone; shop_failover_to e; }
    upstream e { server $two max_fails=0; }
    shop_events %%DIR%%/events;
    server {
        listen %%ADDR%%; listen %%ADDR_H2%% http2;
        shop_maintenance %%DIR%%/flag;
        shop_fallback on intercept=500,503;
        proxy_http_version 1.1; proxy_set_header Connection "";
        proxy_read_timeout 2s;
        proxy_connect_timeout 1s;
        location / { proxy_pass http://a; }
        location /d { proxy_pass http://d; }
        location /ssi { ssi on; ssi_types *; proxy_pass http://a; }
        location /sub/ { proxy_pass http://a; }
        location /sube/ { error_page 502 504 /sub/err; proxy_pass http://a; }
        location /auth { auth_request /authx; proxy_pass http://a; }
        location = /authx { internal; proxy_pass http://a/auth-answer; proxy_pass_request_body off; proxy_set_header Content-Length ""; }
        location /mirror { mirror /mir; proxy_pass http://a; }
        location = /mir { internal; proxy_pass http://a/mirrored; }
        location /cache { proxy_cache one; proxy_cache_lock on; proxy_cache_lock_timeout 1s; proxy_cache_valid any 1s; proxy_cache_use_stale error timeout updating http_500; proxy_cache_background_update on; proxy_pass http://a; }
        location /slice { slice 4; proxy_cache one; proxy_cache_key \$uri\$slice_range; proxy_set_header Range \$slice_range; proxy_cache_valid 200 206 1s; proxy_pass http://a; }
        location /add { add_before_body /sub/before; add_after_body /sub/after; addition_types *; proxy_pass http://a; }
        location /subf { sub_filter_types *; sub_filter shop nix; sub_filter_once off; proxy_pass http://a; }
        location /gun { gunzip on; gzip on; gzip_types *; gzip_proxied any; proxy_pass http://a; }
        location /unbuf { proxy_request_buffering off; proxy_buffering off; proxy_pass http://a; }
        location /ign { proxy_ignore_client_abort on; proxy_pass http://a; }
        location /post { post_action \@after; proxy_pass http://a; }
        location \@after { proxy_pass http://a; }
        location /var { set \$x a; proxy_pass http://\$x; }
        location /tries { proxy_next_upstream error timeout http_500 http_502 non_idempotent; proxy_next_upstream_tries 2; proxy_pass http://a; }
        location /time { proxy_next_upstream error timeout http_500 http_502 non_idempotent; proxy_next_upstream_timeout 500ms; proxy_pass http://a; }
        location /up { proxy_set_header Upgrade \$http_upgrade; proxy_set_header Connection upgrade; proxy_pass http://a; }
        location /try { root %%DIR%%; try_files \$uri \@fb; }
        location \@fb { proxy_pass http://a; }
        location /rec { recursive_error_pages on; error_page 502 504 \@rec1; proxy_pass http://d; }
        location \@rec1 { error_page 502 504 \@rec2; proxy_pass http://a; }
        location \@rec2 { proxy_pass http://b; }
        location /thr { sendfile on; aio threads; proxy_pass http://a; }
        location /rate { limit_rate 2k; proxy_pass http://a; }
        location /accel { proxy_pass http://a; }
        location /charset { charset windows-1251;  charset_types *; proxy_pass http://a; }
        location /bind { proxy_bind 127.0.0.2; proxy_pass http://a; }
        location = /status { shop_status; shop_maintenance off;}
    }
END
$two->set('/subf', body => 'the shop');
srand($ENV{SEED} || 1);
my @uris = qw(/ /d /ssi /sube/x /auth /mirror /cache/1 /cache/2 /slice /add /subf /gun /unbuf /ign /var /tries /time /up /try/x /rec /thr /rate /accel /charset /bind);
for my $s ($one,$two,$three) {
    $s->set('/ssi', headers => ['Content-Type' => 'text/html'], body => 'x<!--# include virtual="/sub/1" -->y<!--# include virtual="/sube/2" --><!--# include virtual="/" -->z');
    $s->set('/accel', headers => ['X-Accel-Redirect' => '/rec']);
    $s->set('/up', raw => "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nhello", then => 'hang');
}
my @modes = (['ok'], ['hang'], ['reset'], ['close'], ['garbage'], [status => 500, body => 'x' x 5000], [status => 503], ['drip', body=>'slow' x 20], ['short'], [delay => 0.4, body=>'late'], ['chunked', body=>'c' x 100], ['long', body=>'longer'], [cut=>20, then=>'hang']);
my $end = time + ($ENV{SECS} || 60);
my ($n,$ok)=(0,0); my %st;
while (time < $end) {
    my $s = ($one,$two,$three)[rand 3];
    my $k = rand 10;
    if ($k < 5) { $s->set('*', map {@$_} $modes[rand @modes]); }
    elsif ($k < 6) { $s->refuse } elsif ($k < 7) { $s->open } 
    elsif ($k < 7.3) { $s->set("/health", rand() < .5 ? 'hang' : rand() < .5 ? (status => 503) : 'ok'); }
    elsif ($k < 7.6) { if (-e $nginx->dir.'/flag') { unlink $nginx->dir.'/flag' } else { $nginx->file('flag', (undef, '', "mode: browse\n", "mode: paths /sub /d\n")[1+rand 3]) } }
    else { $_->set('/health','ok'), $_->open for $one,$two,$three; }
    my @c;
    for (1..12) {
        my $u = $uris[rand @uris];
        my $m = (qw(GET GET GET POST HEAD PUT))[rand 6];
        my @h = (rand() < .3 ? (Accept => 'text/html') : (), rand() < .3 ? ('Accept-Encoding' => 'gzip') : (), rand() < .2 ? (Range => 'bytes=1-6') : (), $u eq '/up' ? (Upgrade => 'x', Connection => 'upgrade') : (), rand()<.1 ? ('If-None-Match' => '"x"') : ());
        my $c = client($nginx, seconds => 5);
        if ($m =~ /^P/ && rand() < .3) {
            $c->send_raw("$m $u HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", $m);
            $c->send_raw("0\r\n\r\n") if rand() < .6;
            push @c, $c;
        } else {
            $c->send($m, $u, $m =~ /^P/ ? (body => 'b' x int rand 40000, rand() < .3 ? (): ()) : (), headers => [@h, rand() < .1 && $m =~ /^P/ ? (Expect => '100-continue'):()], rand() < .5 ? (close => 1):());
            $c->send('GET', '/cache/1') if rand() < .2;
            push @c, $c;
        }
        $n++;
    }
    sleep rand .1;
    for my $c (@c) { if (rand() < .5) { $c->close; next; }
        if (IO::Select->new($c->{stream}{socket})->can_read(rand .15)) { $st{$c->answer->{status}}++ ; } $c->close; }
}
diag "$n requests ", join ' ', map {"$_=$st{$_}"} sort keys %st;
$_->open, $_->set('*','ok'), $_->set('/health','ok') for $one,$two,$three; unlink $nginx->dir.'/flag';
ok wait_until(20, sub { get($nginx,'/')->{status} == 200 });
my $x = status($nginx); diag join ' ', map { $_->{name}.':'.$_->{state} } @{$x->{upstreams}};
system("awk '\$3==502||\$3==504||\$3==500' ".$nginx->dir."/l.log | head -20"); system("tail -1 ".$nginx->dir."/l.log");
system("cut -d' ' -f3 ".$nginx->dir."/l.log | sort | uniq -c");
system("grep -v 'notice\\|\\[info\\]\\|\\[error\\]\\|\\[warn\\]' ".$nginx->dir."/error.log | head -40");
done_testing;
