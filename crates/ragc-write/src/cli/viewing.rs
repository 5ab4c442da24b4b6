//! What the verbs take that write for genome browsers.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::StatsArgs;

const JBROWSE_CONFIG_NOTES: &str = "\
An assembly is a sample. Addresses may be relative: to the place of the configuration. The file goes where JBrowse looks for \
its config.json, and beside it, unless --plugin names another place, the script of the package jbrowse-plugin-agc. \
docs/JBROWSE.md tells the rest.

Examples:
  ragc jbrowse-config strains.agc --url https://example.org/strains.agc -o config.json
  ragc jbrowse-config https://example.org/strains.agc --sample strain07 --sample strain11 -o config.json
  ragc jbrowse-config hprc.agc --url hprc.agc --sample 'HG002#*' | jq .assemblies";

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = JBROWSE_CONFIG_NOTES)]
pub(crate) struct JbrowseConfigArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) stats: StatsArgs,
    /// Where JBrowse finds the archive [default: the archive's own address, if it has one]
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Where JBrowse finds the index beside the archive, or none [default: URL.ragi, if ARCHIVE has one beside it]
    #[arg(long, value_name = "URL|none")]
    pub(crate) index: Option<String>,
    /// Only samples of this name, or like this pattern: * is any letters, ? one letter, letters in [ ] one of these
    /// [default: all, or the first 1000]
    #[arg(long = "sample", value_name = "PATTERN")]
    pub(crate) patterns: Vec<OsString>,
    /// Where JBrowse finds the script of the plugin
    #[arg(
        long,
        value_name = "URL",
        default_value = "jbrowse-plugin-agc.umd.production.min.js"
    )]
    pub(crate) plugin: String,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}
