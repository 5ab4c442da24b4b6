//! How much memory the machine has, or the container that this process runs in.

use std::path::Path;

/// Bytes of memory; `None` where there is no way to know.
pub(super) fn memory_bytes() -> Option<u64> {
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    let installed = total(&read(Path::new("/proc/meminfo"))?)?;
    let limit = read(Path::new("/proc/self/cgroup"))
        .and_then(|cgroups| limit(&cgroups, read))
        .unwrap_or(u64::MAX);
    Some(installed.min(limit))
}

/// Memory in all, as `/proc/meminfo` has it.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1 << 10)
}

/// The smallest limit of the control groups that `/proc/self/cgroup` lists, and of those around them; version 2 or 1.
fn limit(cgroups: &str, read: impl Fn(&Path) -> Option<String>) -> Option<u64> {
    let root = Path::new("/sys/fs/cgroup");
    cgroups
        .lines()
        .filter_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            let (controllers, path) = (fields.next()?, fields.next()?);
            let (root, file) = if controllers.is_empty() {
                (root.to_owned(), "memory.max")
            } else if controllers.split(',').any(|name| name == "memory") {
                (root.join("memory"), "memory.limit_in_bytes")
            } else {
                return None;
            };
            // Seen from within a container the path may not be there; its root is.
            Path::new(path.trim_start_matches('/'))
                .ancestors()
                .filter_map(|group| read(&root.join(group).join(file)))
                .filter_map(|limit| limit.trim().parse().ok())
                .min()
        })
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_what_the_system_says() {
        let meminfo = "MemTotal:       24586280 kB\nMemFree:  1 kB\n";
        assert_eq!(total(meminfo), Some(24_586_280 << 10));
        assert_eq!(total("something else"), None);
    }

    #[test]
    fn the_narrowest_control_group_counts() {
        let of = |cgroups, files: &[(&str, &str)]| {
            limit(cgroups, |path| {
                let name = path.strip_prefix("/sys/fs/cgroup").ok()?;
                let (_, text) = files.iter().find(|(file, _)| name == Path::new(file))?;
                Some((*text).to_owned())
            })
        };
        let own = ("a/b/memory.max", "max\n");
        let outer = ("a/memory.max", "1000000\n");
        let old = ("memory/memory.limit_in_bytes", "500000\n");
        assert_eq!(of("0::/a/b\n", &[]), None);
        assert_eq!(of("0::/a/b\n", &[own]), None);
        assert_eq!(of("0::/a/b\n", &[own, outer]), Some(1_000_000));
        let both = "5:cpu,memory:/gone\n4:pids:/x\n0::/a\n";
        assert_eq!(of(both, &[own, outer, old]), Some(500_000));
    }
}
