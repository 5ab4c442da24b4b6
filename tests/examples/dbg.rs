use ragc_read::*;
use std::collections::HashMap;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let ar = Archive::open(&a[1]).unwrap();
    let parts = ar.stored_parts().unwrap();
    let params = ar.info().unwrap().params;
    let m: HashMap<_, _> = parts
        .iter()
        .enumerate()
        .map(|(i, p)| ((p.stream, p.number), (i, *p)))
        .collect();
    let s = ar.samples().unwrap();
    let si: usize = a[2].parse().unwrap();
    let c: usize = a[3].parse().unwrap();
    let name = s.get(si).unwrap();
    let cs = ar.contigs(name).unwrap();
    println!("{name} {}", cs.get(c).unwrap().name);
    let mut at = 0u64;
    for g in cs.segments(c).unwrap() {
        let (st, n) = g.stored_in(&params);
        let d = m[&(st, n)];
        let r = m.get(&(Stream::Reference(g.group_id), 0));
        println!(
            "{at} len {} g {} e {} rev {} ref#{:?} size {:?} part#{} pack {n} size {}",
            g.len_bases(),
            g.group_id,
            g.in_group_id,
            g.reversed(),
            r.map(|r| r.0),
            r.map(|r| r.1.len_bytes),
            d.0,
            d.1.len_bytes
        );
        at += u64::from(g.len_bases()) - 31;
    }
}
