//! The resource that was probably meant: the objects of a bucket instead of the bucket, or the other way round.

use crate::catalogue::{Action, ResourceType, Service};
use crate::types::ResourceTypeName;

use super::context::Checker;
use super::messages;
use super::resource::extension;

impl<'a> Checker<'a> {
    /// Help where actions do not act on resources of these types, but on what is in them or on what they are in.
    pub(super) fn help_of_kin(
        &self,
        service: &'a Service,
        actions: &[&'a Action],
        types: &[&ResourceTypeName],
    ) -> Option<String> {
        let acted_on = |ty: &ResourceType| actions.iter().any(|a| a.resource(&ty.name).is_some());
        let own = types.iter().filter(|ty| ty.service == service.prefix);
        let own: Vec<&ResourceType> = own
            .filter_map(|ty| service.resource_type(&ty.name))
            .collect();
        let inner = own.iter().find_map(|parent| {
            let child = service.children(parent).find(|child| acted_on(child))?;
            Some(messages::help_with_child(
                parent,
                child,
                &extension(parent, child)?,
            ))
        });
        inner.or_else(|| {
            let outer = |child: &ResourceType| {
                let mut all = service.resource_types.iter();
                all.find(|parent| child.is_child_of(parent) && acted_on(parent))
            };
            let parent = own.iter().find_map(|child| outer(child))?;
            Some(messages::help_with_parent(parent))
        })
    }
}
