import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;

/** Prints the JSON fields of representation classes: class, name and type, one field a line. */
public final class Fields {
    public static void main(String[] classes) throws ClassNotFoundException {
        ObjectMapper mapper = new ObjectMapper();
        for (String name : classes) {
            var type = mapper.constructType(Class.forName("org.keycloak.representations.idm." + name));
            for (BeanPropertyDefinition field : mapper.getSerializationConfig().introspect(type).findProperties()) {
                System.out.println(name + " " + field.getName() + " " + field.getRawPrimaryType().getSimpleName());
            }
        }
    }
}
